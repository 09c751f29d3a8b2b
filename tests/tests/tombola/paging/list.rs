//! A list of the API, read page by page, with everything that a page must say of itself.

use serde_json::Value as Json;
use tests::Client;

/// One connection of the schema.
pub(super) struct List<'a> {
    pub(super) client: &'a Client,
    /// Document with `LIST` where the connection stands.
    pub(super) around: String,
    /// Where the answer has it, such as `/room`.
    pub(super) at: &'static str,
    /// The connection's field.
    pub(super) field: &'static str,
    /// Its arguments beside the page's.
    pub(super) arguments: String,
}

/// One page.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) ids: Vec<String>,
    pub(super) cursors: Vec<String>,
    pub(super) has_next: bool,
    pub(super) has_previous: bool,
}

impl List<'_> {
    /// The page that arguments such as `first: 3` ask for. Its parts must agree with each other.
    pub(super) async fn page(&self, window: &str) -> Page {
        let arguments = [self.arguments.as_str(), window].join(" ");
        let selection = format!(
            "{}({arguments}) {{ edges {{ cursor node {{ id }} }} nodes {{ id }}
               pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }}",
            self.field
        );
        let document = self.around.replace("LIST", &selection);
        let answer = self.client.query(&document).await;
        let found = answer.at(&format!("{}/{}", self.at, self.field));
        let texts = |path: &dyn Fn(&Json) -> Json, list: &str| -> Vec<String> {
            let rows = found[list].as_array().unwrap().iter();
            rows.map(|row| path(row).as_str().unwrap().to_owned()).collect()
        };
        let ids = texts(&|row| row["id"].clone(), "nodes");
        let cursors = texts(&|row| row["cursor"].clone(), "edges");
        assert_eq!(
            texts(&|row| row["node"]["id"].clone(), "edges"),
            ids,
            "edges and nodes: {document}"
        );
        let info = &found["pageInfo"];
        assert_eq!(
            info["startCursor"].as_str(),
            cursors.first().map(String::as_str),
            "{document}"
        );
        assert_eq!(
            info["endCursor"].as_str(),
            cursors.last().map(String::as_str),
            "{document}"
        );
        Page {
            ids,
            cursors,
            has_next: info["hasNextPage"].as_bool().unwrap(),
            has_previous: info["hasPreviousPage"].as_bool().unwrap(),
        }
    }

    /// Everything, assert_forward in pages of a size; each page says rightly whether there is more.
    pub(super) async fn assert_forward(&self, size: usize, expected: &[String]) {
        let mut read: Vec<String> = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.page(&format!("first: {size}{after}")).await;
            assert!(page.ids.len() <= size);
            assert_eq!(
                page.has_previous,
                !read.is_empty(),
                "{self:?} behind {} rows",
                read.len()
            );
            read.extend(page.ids);
            assert_eq!(
                page.has_next,
                read.len() < expected.len(),
                "{self:?} after {} rows",
                read.len()
            );
            let Some(cursor) = page.cursors.last().filter(|_| page.has_next) else {
                break;
            };
            after = format!(", after: \"{cursor}\"");
        }
        assert_eq!(read, expected, "{self:?} assert_forward in pages of {size}");
    }

    /// Everything, assert_backward in pages of a size.
    pub(super) async fn assert_backward(&self, size: usize, expected: &[String]) {
        let mut read: Vec<String> = Vec::new();
        let mut before = String::new();
        loop {
            let page = self.page(&format!("last: {size}{before}")).await;
            assert!(page.ids.len() <= size);
            assert_eq!(page.has_next, !read.is_empty(), "{self:?} before {} rows", read.len());
            read.splice(0..0, page.ids);
            assert_eq!(
                page.has_previous,
                read.len() < expected.len(),
                "{self:?} after {} rows",
                read.len()
            );
            let Some(cursor) = page.cursors.first().filter(|_| page.has_previous) else {
                break;
            };
            before = format!(", before: \"{cursor}\"");
        }
        assert_eq!(read, expected, "{self:?} assert_backward in pages of {size}");
    }
}

impl std::fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}({})", self.at, self.field, self.arguments)
    }
}
