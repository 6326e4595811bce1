//! Modules and processes.

use axum::http::header;
use peercircle_modules::Language;
use peercircle_process::Format;

use super::shapes::Page;
use crate::call::{Call, Reply, short};
use crate::problem::{No, no};

fn language(call: &Call) -> Result<Language, No> {
    let wanted = call.query("lang").unwrap_or(Language::LAST);
    wanted.parse().map_err(|_| {
        let detail = format!("expected a language tag such as `en` or `pt-BR` as `lang`, got `{}`", short(wanted));
        no("bad_query", detail)
    })
}

pub(super) fn modules(call: &Call) -> Result<Reply, No> {
    let language = language(call)?;
    let titles = call.visitor()?.organisation().catalogue().titles(language.as_str()).collect();
    Reply::json(&Page::whole(titles))
}

pub(super) fn module(call: &Call) -> Result<Reply, No> {
    let (id, language) = (call.param("id"), language(call)?);
    let found = call.visitor()?.organisation().catalogue().module(id, language.as_str());
    let none = || no("not_found", format!("expected a module of the catalogue, got `{}`", short(id)));
    let module = found.ok_or_else(none)?;
    Ok(Reply::json(&*module)?.with(header::CONTENT_LANGUAGE, module.language.as_str()))
}

pub(super) fn processes(call: &Call) -> Result<Reply, No> {
    Reply::json(&Page::whole(call.visitor()?.organisation().processes()?))
}

pub(super) fn process(call: &Call) -> Result<Reply, No> {
    let name = call.param("name");
    let found = call.visitor()?.organisation().processes()?.into_iter().find(|file| file.name == name);
    let none = || no("not_found", format!("expected the name of a process, got `{}`", short(name)));
    Reply::json(&found.ok_or_else(none)?)
}

pub(super) fn put_process(call: &Call) -> Result<Reply, No> {
    Reply::json(&call.visitor()?.put_process(call.param("name"), call.text()?)?)
}

pub(super) fn check(call: &Call) -> Result<Reply, No> {
    let sent = call.header(&header::CONTENT_TYPE)?.unwrap_or_default();
    let format = if sent.to_ascii_lowercase().starts_with("application/json") { Format::Json } else { Format::Toml };
    match call.visitor()?.check_process(call.text()?, format) {
        Ok(process) => Reply::json(process.spec()),
        Err(issues) => Err(crate::Problem::from(&issues).into()),
    }
}
