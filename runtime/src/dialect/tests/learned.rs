//! What the parser keeps of what it read.

use super::syntax::{Form, Rest, Span, Syntax, TypeId};
use super::translate;

const SOURCE: &str = "\
local shapes = require('app:shapes')
type Box<T: any> = { value: T }
interface Named: shapes.Thing function name(self: Named): string end
local function f<U>(a: number, b: shapes.User?, ...: U): (Box<U>, string)
    local c = a :: integer
    type Inner = { f: f }
    return (b as any)!, 1
end
local d: typeof(shapes) = (function(x) end)!
";

/// A source, and what was learned of it.
struct Learned {
    source: &'static str,
    syntax: Syntax,
}

impl Learned {
    fn of(source: &'static str) -> Learned {
        let syntax = translate(source.as_bytes()).unwrap().syntax;
        Learned { source, syntax }
    }

    fn text(&self, span: Span) -> &'static str {
        &self.source[span.start as usize..span.end as usize]
    }

    fn written(&self, of: TypeId) -> &'static str {
        self.text(self.syntax.of(of).span)
    }
}

#[test]
fn names_types_and_places_are_kept() {
    let learned = Learned::of(SOURCE);
    let syntax = &learned.syntax;

    let variables = syntax.variables.iter().map(|it| {
        (
            learned.text(it.name),
            it.annotation.map(|of| learned.written(of)),
        )
    });
    let variables: Vec<(&str, Option<&str>)> = variables.collect();
    let expected = [
        ("shapes", None),
        ("f", None),
        ("a", Some("number")),
        ("b", Some("shapes.User?")),
        ("c", None),
        ("d", Some("typeof(shapes)")),
        ("x", None),
    ];
    assert_eq!(variables, expected);
    assert_eq!(
        syntax.variables[0].module.as_deref(),
        Some(&b"app:shapes"[..])
    );

    let named: Vec<_> = syntax
        .functions
        .iter()
        .map(|it| it.name.map(|name| learned.text(name)))
        .collect();
    assert_eq!(named, [Some("f"), None]);
    let function = &syntax.functions[0];
    assert!(
        learned.text(function.span).starts_with("function f<U>")
            && learned.text(function.span).ends_with("end")
    );
    assert_eq!(function.parameters.len(), 2);
    assert!(matches!(function.rest, Some(Rest(Some(of))) if learned.written(of) == "U"));
    let returns: Vec<_> = function
        .returns
        .iter()
        .flatten()
        .map(|of| learned.written(*of))
        .collect();
    assert_eq!(returns, ["Box<U>", "string"]);
    let parameters = &syntax.scope(function.scope).parameters;
    assert_eq!(learned.text(parameters[0].name), "U");

    let casts = syntax.casts.iter().map(|it| {
        (
            learned.text(it.expression),
            learned.text(it.span),
            it.to.map(|of| learned.written(of)),
        )
    });
    let casts: Vec<_> = casts.collect();
    let expected = [
        ("a", ":: integer", Some("integer")),
        ("b", "as any", Some("any")),
        ("(b as any)", "!", None),
        ("(function(x) end)", "!", None),
    ];
    assert_eq!(casts, expected);
}

#[test]
fn declared_types_know_their_scopes() {
    let learned = Learned::of(SOURCE);
    let syntax = &learned.syntax;
    let aliases: Vec<_> = syntax
        .aliases
        .iter()
        .map(|it| (learned.text(it.name), learned.written(it.target)))
        .collect();
    assert_eq!(aliases, [("Box", "{ value: T }"), ("Inner", "{ f: f }")]);
    let boxed = &syntax.aliases[0];
    assert_eq!(learned.text(boxed.span), "type Box<T: any> = { value: T }");
    assert_eq!(syntax.scope(boxed.scope).parent, None);
    let parameter = &syntax.scope(boxed.inner).parameters[0];
    assert_eq!(
        (
            learned.text(parameter.name),
            parameter.bound.map(|of| learned.written(of))
        ),
        ("T", Some("any"))
    );
    assert_eq!(syntax.aliases[1].scope, syntax.functions[0].scope);

    let interface = &syntax.interfaces[0];
    assert_eq!(learned.text(interface.name), "Named");
    assert_eq!(learned.text(interface.methods[0].name), "name");
    let base = syntax.of(interface.bases[0]);
    let Form::Name(name) = &base.form else {
        panic!("{base:?}")
    };
    let module = name.module.expect("it has a module");
    assert_eq!(
        (learned.text(module.name), learned.text(name.name)),
        ("shapes", "Thing")
    );
    let variable = syntax.variable(module.variable.expect("a variable"));
    assert_eq!(learned.text(variable.name), "shapes");
}
