//! A participant's receipt: that they were in the frozen list (specification, section Receipt).

use crate::{
    commitment::freeze_message,
    entry::{Entry, pid},
    hex::Hex,
    path::verify_path,
    policy::Version,
    shown::{sentence, shown},
    signature::SignatureError,
    strict::object,
    transcript::Freeze,
    tree::{ListDigest, leaf},
    verify::Report,
};

object! {
    /// What a participant gets for themselves.
    pub struct Receipt {
        /// The protocol.
        pub version: Version,
        /// The draw's public id.
        pub draw: String,
        /// The participant's public id.
        pub user: String,
        /// The nonce of their entry id, 16 bytes.
        pub nonce: Hex<16>,
        /// Their public entry id.
        pub pid: Hex<32>,
        /// Their index in the frozen list.
        pub index: u64,
        /// Their weight.
        pub weight: u32,
        /// The inclusion path, from the leaf upwards.
        pub path: Vec<Hex<32>>,
        /// The policy's hash.
        pub policy_hash: Hex<32>,
        /// The frozen list in short, with its signature.
        pub freeze: Freeze,
    }
}

/// Why a receipt does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The text is no receipt.
    #[error("this is no receipt: {}", sentence(.0))]
    Format(String),
    /// The entry id belongs to somebody else, or another nonce.
    #[error("pid is not that of this draw, user and nonce")]
    Pid,
    /// The path leads elsewhere.
    #[error("the path does not lead from the entry to the root: this entry is not in the frozen list")]
    Path,
    /// The freeze names another key than the one that was expected.
    #[error("it names ANOTHER key than the one that was given: {0}")]
    WrongKey(Hex<32>),
    /// The freeze is not signed.
    #[error("the freeze's signature: {0}")]
    Signature(SignatureError),
    /// The transcript is another draw's.
    #[error("the transcript is another draw's, or has another policy")]
    OtherDraw,
    /// The transcript has no list yet.
    #[error("the transcript's list is not frozen yet")]
    NotFrozen,
    /// The transcript has another list.
    #[error("the transcript has another list than the receipt: somebody was shown a different one")]
    OtherList,
    /// The transcript is signed with another key.
    #[error("the transcript is signed with another key than the receipt")]
    OtherKey,
}

impl ReceiptError {
    /// The name of the check that failed (specification, section Receipt).
    #[must_use]
    pub fn check(&self) -> &'static str {
        match self {
            Self::Format(_) => "format",
            Self::Pid => "pid",
            Self::Path => "path",
            Self::WrongKey(_) | Self::Signature(_) => "signature",
            Self::OtherDraw | Self::NotFrozen | Self::OtherList | Self::OtherKey => "transcript",
        }
    }
}

impl Receipt {
    /// Reads a receipt.
    ///
    /// # Errors
    /// When the text is no receipt.
    pub fn parse(text: &[u8]) -> Result<Self, ReceiptError> {
        serde_json::from_slice(text).map_err(|error| ReceiptError::Format(error.to_string()))
    }

    /// Checks the receipt by itself: the entry id, the path to the root, and the signature of the freeze.
    ///
    /// # Errors
    /// The first of these that does not hold.
    pub fn verify(&self) -> Result<(), ReceiptError> {
        if pid(&self.draw, &self.user, &self.nonce.0) != self.pid.0 {
            return Err(ReceiptError::Pid);
        }
        let entry = Entry {
            pid: self.pid.0,
            weight: self.weight,
        };
        let path: Vec<_> = self.path.iter().map(|hash| hash.0).collect();
        let leaf = leaf(self.index, &entry);
        if !verify_path(&leaf, self.index, self.freeze.n, &path, &self.freeze.root.0) {
            return Err(ReceiptError::Path);
        }
        let message = freeze_message(&self.policy_hash.0, &self.freeze.list(), self.freeze.at);
        self.freeze.signature.verify(&message).map_err(ReceiptError::Signature)
    }

    /// Checks that the freeze is signed with a key which is known from elsewhere.
    ///
    /// # Errors
    /// When it names another key.
    pub fn signed_by(&self, key: &Hex<32>) -> Result<(), ReceiptError> {
        let named = self.freeze.signature.key;
        if named == *key {
            Ok(())
        } else {
            Err(ReceiptError::WrongKey(named))
        }
    }

    /// Checks that a verified transcript is of the same draw, list and key.
    ///
    /// # Errors
    /// What differs.
    pub fn matches(&self, report: &Report) -> Result<(), ReceiptError> {
        if report.draw != self.draw || report.policy_hash != self.policy_hash {
            return Err(ReceiptError::OtherDraw);
        }
        let list = report.list.as_ref().ok_or(ReceiptError::NotFrozen)?;
        if *list != self.freeze.list() {
            return Err(ReceiptError::OtherList);
        }
        if report.key != self.freeze.signature.key {
            return Err(ReceiptError::OtherKey);
        }
        Ok(())
    }

    /// Whose entry it is, in which list, for people. `draw/verify.py` writes the same lines.
    #[must_use]
    pub fn summary(&self) -> String {
        format!(
            "Entry {} of {}, in place {} with weight {}, is on the list of {}\nlistRoot    {}\nkey         {}\n",
            self.pid,
            shown(&self.user),
            self.index,
            self.weight,
            shown(&self.draw),
            self.freeze.root,
            self.freeze.signature.key
        )
    }
}

impl Freeze {
    /// The list in short.
    #[must_use]
    pub fn list(&self) -> ListDigest {
        ListDigest {
            n: self.n,
            total_weight: self.total_weight,
            root: self.root.0,
        }
    }
}
