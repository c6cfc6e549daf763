//! What the parser learned of a file: its types, the names it declares, and where they stand. Plain data.
//!
//! Knows nothing of what types mean. `erase.rs` needs the edits, `types/` the aliases; with the rest a type checker
//! can be built.

/// Bytes of a source: from `start` on, up to `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte behind the last.
    pub end: u32,
}

impl Span {
    /// The text of a source that the span has.
    pub fn of(self, source: &[u8]) -> &[u8] {
        &source[self.start as usize..self.end as usize]
    }
}

/// Names one of [`Syntax::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TypeId(pub u32);

/// Names one of [`Syntax::scopes`]. The first is the file's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScopeId(pub u32);

/// Names one of [`Syntax::variables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VariableId(pub u32);

/// All that was learned of a file.
#[derive(Clone, Debug, Default)]
pub struct Syntax {
    /// Types as they are written; parts come before what they are parts of.
    pub types: Vec<Type>,
    /// Where names of types and variables count: a file, blocks, and aliases with parameters.
    pub scopes: Vec<Scope>,
    /// `type Name = …`
    pub aliases: Vec<Alias>,
    /// `interface Name … end`
    pub interfaces: Vec<Interface>,
    /// Functions with a body.
    pub functions: Vec<Function>,
    /// Local variables and parameters.
    pub variables: Vec<Variable>,
    /// `e :: T`, `e as T` and `e!`
    pub casts: Vec<Cast>,
    /// The statements that stand in no other, in order.
    pub statements: Vec<Span>,
    /// What is to be done to the source so that Lua takes it; in order, none inside another.
    pub edits: Vec<Edit>,
}

impl Syntax {
    /// The type that an id of this file names.
    pub fn of(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }

    /// The scope that an id of this file names.
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    /// How many type values the program may have.
    pub fn values(&self) -> u32 {
        let values = self.aliases.iter().filter(|alias| alias.value.is_some());
        values.count() as u32
    }

    /// The variable that an id of this file names.
    pub fn variable(&self, id: VariableId) -> &Variable {
        &self.variables[id.0 as usize]
    }
}

/// Where names count. A type's name counts in all of its scope, before its declaration too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// The scope around it; the file has none.
    pub parent: Option<ScopeId>,
    /// Type parameters: of the function whose scope it is, or of the alias.
    pub parameters: Vec<TypeParameter>,
}

/// `T` or `T: Bound` between angle brackets.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeParameter {
    /// The name.
    pub name: Span,
    /// What it must be a subtype of.
    pub bound: Option<TypeId>,
}

/// `type Name<A, B: Bound> = T`
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// The name.
    pub name: Span,
    /// From `type` to the end of the type.
    pub span: Span,
    /// Where the name counts.
    pub scope: ScopeId,
    /// Where its parameters count, which the target stands in: `scope` itself where there are none.
    pub inner: ScopeId,
    /// What the name stands for.
    pub target: TypeId,
    /// Its number among the file's type values, if the program may use it as a value.
    pub value: Option<u32>,
}

/// `interface Name: Base, Base … end`
#[derive(Clone, Debug, PartialEq)]
pub struct Interface {
    /// The name.
    pub name: Span,
    /// From `interface` to `end`.
    pub span: Span,
    /// Where the name counts.
    pub scope: ScopeId,
    /// Interfaces whose methods it has too.
    pub bases: Vec<TypeId>,
    /// Its methods: functions.
    pub methods: Vec<Field>,
}

/// A function with a body.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// From `function` to `end`.
    pub span: Span,
    /// `f`, `a.b:c`; `None` for one without a name.
    pub name: Option<Span>,
    /// The scope of its parameters and type parameters.
    pub scope: ScopeId,
    /// Its parameters, without `self` and `...`.
    pub parameters: Vec<VariableId>,
    /// Whether it takes `...`, and of which type.
    pub rest: Option<Rest>,
    /// What it returns, where that is said.
    pub returns: Option<Vec<TypeId>>,
}

/// `...`, perhaps with a type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rest(pub Option<TypeId>);

/// A local variable or a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The name.
    pub name: Span,
    /// Its type, where that is said.
    pub annotation: Option<TypeId>,
    /// The scope that it is declared in.
    pub scope: ScopeId,
    /// The module that it is, for `local m = require("module")`: the string.
    pub module: Option<Box<[u8]>>,
}

/// `e :: T`, `e as T`, `e!`
#[derive(Clone, Debug, PartialEq)]
pub struct Cast {
    /// What is cast: a name, call or other expression without operators, earlier casts of it included.
    pub expression: Span,
    /// From the operator on.
    pub span: Span,
    /// The type; `None` for `e!`: not nil.
    pub to: Option<TypeId>,
}

/// A type as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// Where it is written, without parentheses around it.
    pub span: Span,
    /// What is written.
    pub form: Form,
}

/// The forms of types.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// `nil`
    Nil,
    /// `true`, `"text"`, `1`
    Literal(Literal),
    /// `string`, `User`, `Box<number>`, `module.User`
    Name(Name),
    /// `{T}`, `T[]`
    Array {
        /// Of each element.
        element: TypeId,
        /// Whether `readonly` stands before it.
        readonly: bool,
    },
    /// `{[K]: V}`
    Map {
        /// Of each key.
        key: TypeId,
        /// Of each value.
        value: TypeId,
        /// Whether `readonly` stands before it.
        readonly: bool,
    },
    /// `{a: T, b?: U}`, `{}`, `interface {…}`
    Record {
        /// In order.
        fields: Vec<Field>,
        /// Whether `readonly` stands before it.
        readonly: bool,
    },
    /// `{T, U}`, with two elements or more; `(T, U)` as what a function type returns is a list in [`FunctionType`].
    Tuple {
        /// In order.
        elements: Vec<TypeId>,
        /// Whether `readonly` stands before it.
        readonly: bool,
    },
    /// `(a: T, U, ...V) -> R`, `fun(a: T): R`
    Function(Box<FunctionType>),
    /// `T?`
    Optional(TypeId),
    /// `A | B`: two or more. `A | B & C` is `(A | B) & C`.
    Union(Vec<TypeId>),
    /// `A & B`: two or more.
    Intersection(Vec<TypeId>),
    /// `asserts x`, `asserts x is T`
    Asserts {
        /// The parameter.
        name: Span,
        /// What it is when the function returns.
        is: Option<TypeId>,
    },
    /// `x is T`: whether the function answers true says it.
    Is {
        /// The parameter.
        name: Span,
        /// What it is then.
        is: TypeId,
    },
    /// `typeof(e)`
    TypeOf {
        /// The expression.
        expression: Span,
        /// The variable that the expression is, if it is one.
        variable: Option<VariableId>,
    },
    /// `keyof(T)`
    KeyOf(TypeId),
    /// `T[K]`
    Index {
        /// What is indexed.
        of: TypeId,
        /// With what.
        key: TypeId,
    },
    /// `A extends B ? C : D`
    Conditional {
        /// What is looked at.
        of: TypeId,
        /// What it may be a subtype of.
        extends: TypeId,
        /// Meant if it is.
        then: TypeId,
        /// Meant if not.
        otherwise: TypeId,
    },
    /// `T @min(0) @max(9)`
    Checked {
        /// What is checked.
        of: TypeId,
        /// In order; at least one.
        validators: Vec<Validator>,
    },
}

/// A constant in a type.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `true` or `false`
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A string, its escapes resolved.
    String(Box<[u8]>),
}

/// The name of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// `module` of `module.User`.
    pub module: Option<Module>,
    /// The name itself.
    pub name: Span,
    /// `A, B` of `Name<A, B>`.
    pub arguments: Vec<TypeId>,
    /// Where it is used.
    pub scope: ScopeId,
}

/// What stands before the dot of `module.User`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Module {
    /// The name.
    pub name: Span,
    /// The variable that it is; a global if none.
    pub variable: Option<VariableId>,
}

/// `name: T` or `name?: T`; in an interface `function name(…): R`.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name.
    pub name: Span,
    /// Whether it may be missing.
    pub optional: bool,
    /// Of the value.
    pub of: TypeId,
}

/// A function's type.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionType {
    /// In order.
    pub parameters: Vec<Parameter>,
    /// Whether more are taken, and of which type.
    pub rest: Option<Rest>,
    /// In order.
    pub returns: Vec<TypeId>,
}

/// `a: T`, `a?: T` or `T` in a function's type.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The name, if it has one.
    pub name: Option<Span>,
    /// Whether it may be left out.
    pub optional: bool,
    /// Of the argument.
    pub of: TypeId,
}

/// `@name(1, "x")`
#[derive(Clone, Debug, PartialEq)]
pub struct Validator {
    /// `name`
    pub name: Span,
    /// From `@` on.
    pub span: Span,
    /// What stands between the parentheses: constants, or `None` for what is more than one.
    pub arguments: Vec<Option<Literal>>,
}

/// One thing to be done to the source so that Lua takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is taken away; line ends stay.
    pub span: Span,
    /// What comes instead.
    pub with: With,
}

/// What comes instead of a piece of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// Blanks.
    Blanks,
    /// The string that is there, without the backslashes that Lua would refuse.
    Plain,
    /// `;` and blanks: without it, Lua would read what is before and behind as one.
    Separator,
    /// `local Name=…`, where Lua finds the type value with this number.
    Value {
        /// The name.
        name: Span,
        /// The number.
        number: u32,
    },
    /// ` local name=name`: a copy of a loop's variable that may be assigned.
    Copy(Span),
}
