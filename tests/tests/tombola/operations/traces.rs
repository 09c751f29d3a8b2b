//! Traces: a collector gets the spans of a request, under the trace that the client began.

use axum::{Router, body::Bytes, extract::State, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::any_value::Value,
    trace::v1::{ResourceSpans, Span},
};
use prost::Message;
use serde_json::{Value as Json, json};
use tests::database::{connect, execute};
use tokio::{net::TcpListener, sync::mpsc};

use crate::program::Program;

/// A collector that keeps what it gets.
struct Collector {
    url: String,
    received: mpsc::UnboundedReceiver<ResourceSpans>,
}

impl Collector {
    async fn start() -> Self {
        let (sender, received) = mpsc::unbounded_channel();
        let take = |State(sender): State<mpsc::UnboundedSender<ResourceSpans>>, body: Bytes| async move {
            let request = ExportTraceServiceRequest::decode(body).unwrap();
            for spans in request.resource_spans {
                sender.send(spans).unwrap();
            }
        };
        let router = Router::new().route("/v1/traces", post(take)).with_state(sender);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, received }
    }

    /// Everything that came, once the server has ended.
    fn all(&mut self) -> (Vec<String>, Vec<Span>) {
        let (mut names, mut spans) = (Vec::new(), Vec::new());
        while let Ok(one) = self.received.try_recv() {
            let resource = one.resource.unwrap();
            let name = resource
                .attributes
                .iter()
                .find(|attribute| attribute.key == "service.name");
            let Some(Value::StringValue(name)) = name.unwrap().value.clone().unwrap().value else {
                panic!("a service has a name");
            };
            names.push(name);
            spans.extend(one.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
        (names, spans)
    }
}

fn has(span: &Span, key: &str, wanted: &str) -> bool {
    let found = span.attributes.iter().find(|attribute| attribute.key == key);
    let value = found.and_then(|attribute| attribute.value.clone()?.value);
    match value {
        Some(Value::StringValue(text)) => text == wanted,
        Some(Value::IntValue(number)) => number.to_string() == wanted,
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_gets_the_spans_of_a_request() {
    let mut collector = Collector::start().await;
    let program = Program::new()
        .with("TOMBOLA_TELEMETRY__OTLP_URL", &collector.url)
        .with("TOMBOLA_LOG__FILTER", "trace");
    let serving = program.serve(&["demo"]).await;
    let client = serving.client();
    let query = "query Rooms { rooms { nodes { title app { name } } } }";
    let response = client
        .http()
        .post(format!("{}/graphql", client.base()))
        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .header("x-request-id", "a-request-to-follow")
        .json(&json!({ "query": query, "operationName": "Rooms" }))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let ended = serving.stop().await;
    let log = &ended.is_ok().err;

    let (names, spans) = collector.all();
    assert!(
        !names.is_empty() && names.iter().all(|name| name == "tombola"),
        "{names:?}"
    );
    let trace = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes();
    let spans: Vec<_> = spans.into_iter().filter(|span| span.trace_id == trace).collect();
    let of = |name: &str| -> Vec<_> { spans.iter().filter(|span| span.name == name).collect() };
    let requests = of("request");
    let [request] = requests.as_slice() else {
        panic!("one request: {spans:#?}");
    };
    assert_eq!(request.parent_span_id, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
    assert!(has(request, "http.request.method", "POST"), "{request:#?}");
    assert!(has(request, "url.path", "/graphql"), "{request:#?}");
    assert!(has(request, "http.response.status_code", "200"), "{request:#?}");
    assert!(
        has(request, "tombola.request_id", "a-request-to-follow"),
        "{request:#?}"
    );
    let operations = of("operation");
    let [operation] = operations.as_slice() else {
        panic!("one operation: {spans:#?}");
    };
    assert_eq!(operation.parent_span_id, request.span_id);
    assert!(has(operation, "graphql.operation.name", "Rooms"), "{operation:#?}");
    assert!(has(operation, "graphql.operation.type", "query"), "{operation:#?}");
    let statements = of("statement");
    assert!(statements.len() >= 2, "rooms and apps: {spans:#?}");
    let batches = of("batch");
    assert!(!batches.is_empty(), "{spans:#?}");
    assert!(batches.iter().all(|batch| batch.parent_span_id == operation.span_id));
    for statement in statements {
        assert!(has(statement, "db.system.name", "sqlite"), "{statement:#?}");
        let parents = batches.iter().chain([operation]);
        let of_ours = parents
            .into_iter()
            .any(|parent| parent.span_id == statement.parent_span_id);
        assert!(of_ours, "{statement:#?}");
        assert!(
            !format!("{statement:?}").contains("FROM"),
            "no text of statements: {statement:#?}"
        );
    }

    // Lines within the operation still carry the request's id, and nothing of the traces.
    let answered = log
        .lines()
        .find(|line| line.contains("answered") && line.contains("a-request-to-follow"));
    assert!(answered.is_some(), "{log}");
    assert!(!log.contains("graphql.operation.name"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_down_disturbs_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let serving = Program::new()
        .with("TOMBOLA_TELEMETRY__OTLP_URL", &url)
        .serve(&[])
        .await;
    for _ in 0..20 {
        assert!(serving.client().query("{ __typename }").await.is_ok());
    }
    serving.stop().await.is_ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_of_the_log_within_an_operation_keep_the_id_of_their_request() {
    let collector = Collector::start().await;
    let program = Program::new().with("TOMBOLA_TELEMETRY__OTLP_URL", &collector.url);
    let serving = program.serve(&[]).await;
    let db = connect(&program.sqlite()).await;
    execute(&db, "ALTER TABLE rooms RENAME TO vanished_rooms").await;
    let answer = serving.client().query("{ rooms { nodes { id } } }").await;
    assert_eq!(answer.code(), Some("INTERNAL"), "{}", answer.body);
    let log = serving.stop().await.is_ok().err.clone();
    let line = log
        .lines()
        .find(|line| line.contains("ERROR"))
        .expect("the cause is in the log");
    let line: Json = serde_json::from_str(line).unwrap();
    assert_eq!(line["span"]["name"], "request", "{line}");
    let id = answer.body["errors"][0]["extensions"]["requestId"].clone();
    assert_eq!(line["span"]["request_id"], id, "{line}");
}
