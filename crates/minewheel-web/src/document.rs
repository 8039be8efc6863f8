//! The API in words that programs read: `OpenAPI` 3.1.
//!
//! Paths, parameters and responses are built from the questions; bodies and answers are the JSON Schemas that the questions
//! carry, put in as they are.

use serde_json::{Value, json};
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItemBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{ContentBuilder, InfoBuilder, ObjectBuilder, OpenApiBuilder, PathsBuilder, Ref, Required, Response, ResponseBuilder, Type};

use crate::service::{Method, Question, Service};

/// Where the server's own schemas stand.
const REFUSAL: &str = "refusal";
const JOB: &str = "job";

fn name_of(question: &Question, part: &str) -> String {
    format!("{}-{part}", question.path.replace(['/', '{'], "-").replace('}', ""))
}

fn answer(description: &str, schema: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
    ResponseBuilder::new().description(description).content("application/json", content).build()
}

fn operation(question: &Question, response: Response, status: &str) -> OperationBuilder {
    let mut operation = OperationBuilder::new().summary(Some(question.summary.clone())).response(status, response);
    for (status, words) in [
        ("400", "the question cannot be answered as asked"),
        ("403", "asked under another host's name, or by another site's page"),
        ("404", "no such path or thing"),
        ("405", "the path takes another method"),
        ("408", "the body comes too slowly"),
        ("413", "the body is too long"),
        ("429", "too many questions at once"),
        ("503", "the answer would take too long"),
    ] {
        operation = operation.response(status, answer(words, REFUSAL));
    }
    match question.method {
        Method::Post => {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(name_of(question, "request")))).build();
            operation.request_body(Some(RequestBodyBuilder::new().content("application/json", content).build()))
        }
        Method::Get => {
            let text = || ObjectBuilder::new().schema_type(Type::String).build();
            let keys = question.request["properties"].as_object().into_iter().flatten();
            keys.fold(operation, |operation, (key, schema)| {
                let is_path = question.path.contains(&format!("{{{key}}}"));
                let parameter = ParameterBuilder::new()
                    .name(key)
                    .parameter_in(if is_path { ParameterIn::Path } else { ParameterIn::Query })
                    .required(if is_path { Required::True } else { Required::False })
                    .description(schema["description"].as_str())
                    .schema(Some(text()));
                operation.parameter(parameter)
            })
        }
    }
}

/// The description of a service, as JSON.
pub fn describe(service: &Service) -> String {
    let info = InfoBuilder::new()
        .title("Minewheel")
        .version(service.version)
        .description(Some("The electric car from the mine to the wheel and back. Answers are those of the command line with --format json."));
    let mut paths = PathsBuilder::new();
    let mut schemas = serde_json::Map::new();
    for question in &service.questions {
        let response = answer("the answer", &name_of(question, "answer"));
        let method = if question.method == Method::Get { HttpMethod::Get } else { HttpMethod::Post };
        paths =
            paths.path(format!("/api/1/{}", question.path), PathItemBuilder::new().operation(method, operation(question, response, "200")).build());
        schemas.insert(name_of(question, "request"), question.request.clone());
        schemas.insert(name_of(question, "answer"), question.response.clone());
        if question.method == Method::Post {
            let taken = operation(question, answer("the job's id", JOB), "202");
            paths = paths.path(format!("/api/1/jobs/{}", question.path), PathItemBuilder::new().operation(HttpMethod::Post, taken).build());
        }
    }
    let id = || {
        ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
    };
    let of_job = |summary: &str| {
        OperationBuilder::new()
            .summary(Some(summary))
            .parameter(id())
            .response("200", answer("how the job stands", JOB))
            .response("404", answer("no such job, or it was forgotten", REFUSAL))
    };
    let job = PathItemBuilder::new()
        .operation(HttpMethod::Get, of_job("How a job stands, with its answer when it is done"))
        .operation(HttpMethod::Delete, of_job("Call a job off"));
    let events = OperationBuilder::new()
        .summary(Some("Progress of a job, then word that it has ended, as server-sent events"))
        .parameter(id())
        .response(
            "200",
            ResponseBuilder::new().description("events `progress` and `done`").content("text/event-stream", ContentBuilder::new().build()).build(),
        )
        .response("404", answer("no such job, or it was forgotten", REFUSAL));
    paths = paths
        .path("/api/1/jobs/{id}", job.build())
        .path("/api/1/jobs/{id}/events", PathItemBuilder::new().operation(HttpMethod::Get, events).build());
    let document = OpenApiBuilder::new().info(info.build()).paths(paths).build();
    schemas.insert(
        REFUSAL.to_owned(),
        json!({ "type": "object", "required": ["code", "message", "help"], "properties": {
            "code": { "type": "string" }, "message": { "type": "string" }, "help": { "type": ["string", "null"] } } }),
    );
    schemas.insert(
        JOB.to_owned(),
        json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "string" },
            "state": { "enum": ["running", "done", "failed", "cancelled"] }, "progress": { "type": "number", "minimum": 0, "maximum": 1 },
            "result": {}, "error": { "$ref": "#/components/schemas/refusal" } } }),
    );
    let mut value = serde_json::to_value(&document).unwrap_or(Value::Null);
    value["components"] = json!({ "schemas": schemas });
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}
