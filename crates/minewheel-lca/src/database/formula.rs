//! Formulas of parameters and amounts, in the language of openLCA.
//!
//! ```text
//! lowest  | ||    xor    & &&    < <= = == != <> > >=    + -    * / div mod    ^    unary + -    highest
//! ```
//!
//! Operators of one level are read from the left, `^` too, and a sign binds closer than `^`: `-2^2` is 4. Names and functions
//! do not mind their case; arguments are parted by semicolons. A comparison yields a truth, which only `if`, `and`, `or`, `not`
//! and the logical operators take. `random` is refused: the same input gives the same bits.
//!
//! Source: the grammar of the openLCA formula interpreter (`GreenDelta`, `olca-formula`, `FormulaParser.jj`).

use std::borrow::Cow;

/// Nested deeper than this, a formula is refused.
const DEEPEST: usize = 100;
/// Longer than this, too: a chain of operators makes a deep tree, which is walked by recursion.
const LONGEST: usize = 2000;

/// Why a formula has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormulaError {
    /// It is not a formula.
    #[error("at character {at}: `{}`, wanted {wanted}", shown(.seen))]
    Syntax {
        /// Where, counted from 1.
        at: usize,
        /// What stands there.
        seen: String,
        /// What would do.
        wanted: &'static str,
    },
    /// It is nested too deeply or goes on for too long.
    #[error("it is nested more than {DEEPEST} deep or has more than {LONGEST} numbers, names and operators")]
    TooDeep,
    /// It names a function that there is not.
    #[error("there is no function `{}`", shown(.0))]
    UnknownFunction(String),
    /// It names a parameter that there is not.
    #[error("there is no parameter `{}` here", shown(.0))]
    UnknownName(String),
    /// A function has too few or too many arguments.
    #[error("`{function}` has {seen} arguments, wanted {wanted}")]
    Arguments {
        /// The function.
        function: String,
        /// How many it has.
        seen: usize,
        /// How many it wants.
        wanted: &'static str,
    },
    /// A truth stands where a number is wanted, or the reverse.
    #[error("`{place}` wants {wanted}")]
    Kind {
        /// The operator or function.
        place: String,
        /// A number or a truth.
        wanted: &'static str,
    },
    /// It yields no finite number.
    #[error("it yields {0}; a finite number is wanted")]
    NotFinite(String),
}

/// A text as messages show it: whole, or its beginning and how much more there is.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}… ({} more characters)", &text[..end], text[end..].chars().count())),
    }
}

/// A parsed formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    root: Node,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    Name(String),
    Negative(Box<Node>),
    Binary(&'static str, Box<Node>, Box<Node>),
    Call(&'static Function, Vec<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Value {
    Number(f64),
    Truth(bool),
}

impl Formula {
    /// Parses a formula.
    ///
    /// ```
    /// use minewheel_lca::database::Formula;
    /// let formula = Formula::parse("if(load > 0.5; 2 * Load; 1) ^ 2")?;
    /// assert_eq!(formula.value(|name| (name == "load").then_some(0.75))?, 2.25);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`FormulaError`] for what the language does not know.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, end: text.chars().count() + 1 };
        let root = parser.level(0)?;
        match parser.peek() {
            None => Ok(Self { root }),
            Some(_) => Err(parser.unexpected("an operator or the end")),
        }
    }

    /// The names it rests on, in lower case, in the order of their places.
    pub fn names(&self) -> Vec<&str> {
        let (mut names, mut open) = (Vec::new(), vec![&self.root]);
        while let Some(node) = open.pop() {
            match node {
                Node::Number(_) => {}
                Node::Name(name) => names.push(name.as_str()),
                Node::Negative(inner) => open.push(inner),
                Node::Binary(_, left, right) => open.extend([right.as_ref(), left.as_ref()]),
                Node::Call(_, arguments) => open.extend(arguments.iter().rev()),
            }
        }
        names
    }

    /// The number it yields with these values of its names.
    ///
    /// # Errors
    /// [`FormulaError`] for an unknown name, a truth in place of a number, or a value that is not finite.
    pub fn value(&self, of: impl Fn(&str) -> Option<f64>) -> Result<f64, FormulaError> {
        let value = number(evaluate(&self.root, &of)?, "the formula")?;
        if value.is_finite() { Ok(value) } else { Err(FormulaError::NotFinite(value.to_string())) }
    }
}

fn number(value: Value, place: &str) -> Result<f64, FormulaError> {
    match value {
        Value::Number(number) => Ok(number),
        Value::Truth(_) => Err(FormulaError::Kind { place: place.to_owned(), wanted: "a number" }),
    }
}

fn truth(value: Value, place: &str) -> Result<bool, FormulaError> {
    match value {
        Value::Truth(truth) => Ok(truth),
        Value::Number(_) => Err(FormulaError::Kind { place: place.to_owned(), wanted: "a truth, such as a comparison" }),
    }
}

fn evaluate(node: &Node, of: &impl Fn(&str) -> Option<f64>) -> Result<Value, FormulaError> {
    Ok(match node {
        Node::Number(number) => Value::Number(*number),
        Node::Name(name) => match (of(name), name.as_str()) {
            (Some(value), _) => Value::Number(value),
            (None, "pi") => Value::Number(std::f64::consts::PI),
            (None, "e") => Value::Number(std::f64::consts::E),
            (None, "true") => Value::Truth(true),
            (None, "false") => Value::Truth(false),
            (None, _) => return Err(FormulaError::UnknownName(name.clone())),
        },
        Node::Negative(inner) => Value::Number(-number(evaluate(inner, of)?, "-")?),
        Node::Binary(sign, left, right) => binary(sign, evaluate(left, of)?, evaluate(right, of)?)?,
        Node::Call(function, arguments) => call(function, arguments, of)?,
    })
}

fn binary(sign: &str, left: Value, right: Value) -> Result<Value, FormulaError> {
    if let "&" | "|" | "xor" = sign {
        let (a, b) = (truth(left, sign)?, truth(right, sign)?);
        return Ok(Value::Truth(match sign {
            "&" => a && b,
            "|" => a || b,
            _ => a != b,
        }));
    }
    let (a, b) = (number(left, sign)?, number(right, sign)?);
    Ok(match sign {
        "<" => Value::Truth(a < b),
        "<=" => Value::Truth(a <= b),
        "=" => Value::Truth(a == b),
        "!=" => Value::Truth(a != b),
        ">" => Value::Truth(a > b),
        ">=" => Value::Truth(a >= b),
        "+" => Value::Number(a + b),
        "-" => Value::Number(a - b),
        "*" => Value::Number(a * b),
        "/" => Value::Number(a / b),
        "div" => Value::Number((a.round() / b.round()).trunc()),
        "mod" => Value::Number(a % b),
        _ => Value::Number(a.powf(b)),
    })
}

fn call(function: &Function, arguments: &[Node], of: &impl Fn(&str) -> Option<f64>) -> Result<Value, FormulaError> {
    let name = function.name;
    let numbers = || arguments.iter().map(|a| number(evaluate(a, of)?, name)).collect::<Result<Vec<_>, _>>();
    Ok(match function.kind {
        Kind::One(f) => Value::Number(f(numbers()?[0])),
        Kind::Two(f) => {
            let numbers = numbers()?;
            Value::Number(f(numbers[0], numbers[1]))
        }
        Kind::Many(f) => Value::Number(f(&numbers()?)),
        Kind::If => {
            let branch = if truth(evaluate(&arguments[0], of)?, name)? { 1 } else { 2 };
            evaluate(&arguments[branch], of)?
        }
        Kind::And | Kind::Or | Kind::Not => {
            let truths = arguments.iter().map(|a| truth(evaluate(a, of)?, name)).collect::<Result<Vec<_>, _>>()?;
            Value::Truth(match function.kind {
                Kind::And => truths.iter().all(|t| *t),
                Kind::Or => truths.iter().any(|t| *t),
                _ => !truths[0],
            })
        }
    })
}

#[derive(Debug)]
struct Function {
    name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    One(fn(f64) -> f64),
    Two(fn(f64, f64) -> f64),
    Many(fn(&[f64]) -> f64),
    If,
    And,
    Or,
    Not,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

const fn one(name: &'static str, f: fn(f64) -> f64) -> Function {
    Function { name, kind: Kind::One(f) }
}

static FUNCTIONS: [Function; 32] = [
    one("abs", f64::abs),
    one("acos", f64::acos),
    one("asin", f64::asin),
    one("atan", f64::atan),
    one("ceil", f64::ceil),
    one("cos", f64::cos),
    one("cosh", f64::cosh),
    one("cotan", |x| 1.0 / x.tan()),
    one("exp", f64::exp),
    one("floor", f64::floor),
    one("frac", f64::fract),
    one("int", f64::trunc),
    one("ln", f64::ln),
    one("log", f64::log10),
    one("round", |x| (x + 0.5).floor()),
    one("sin", f64::sin),
    one("sinh", f64::sinh),
    one("sqr", |x| x * x),
    one("sqrt", f64::sqrt),
    one("tan", f64::tan),
    one("tanh", f64::tanh),
    one("trunc", f64::trunc),
    Function { name: "pow", kind: Kind::Two(f64::powf) },
    Function { name: "ipow", kind: Kind::Two(|x, n| x.powf(n.trunc())) },
    Function { name: "sum", kind: Kind::Many(|x| x.iter().sum()) },
    Function { name: "avg", kind: Kind::Many(|x| x.iter().sum::<f64>() / x.len() as f64) },
    Function { name: "max", kind: Kind::Many(|x| x.iter().copied().fold(f64::NEG_INFINITY, f64::max)) },
    Function { name: "min", kind: Kind::Many(|x| x.iter().copied().fold(f64::INFINITY, f64::min)) },
    Function { name: "if", kind: Kind::If },
    Function { name: "and", kind: Kind::And },
    Function { name: "or", kind: Kind::Or },
    Function { name: "not", kind: Kind::Not },
];

fn function(name: &str, seen: usize) -> Result<&'static Function, FormulaError> {
    let Some(function) = FUNCTIONS.iter().find(|f| f.name == name) else {
        return Err(FormulaError::UnknownFunction(name.to_owned()));
    };
    let (is_right, wanted) = match function.kind {
        Kind::One(_) | Kind::Not => (seen == 1, "1"),
        Kind::Two(_) => (seen == 2, "2"),
        Kind::If => (seen == 3, "3"),
        Kind::Many(_) | Kind::And | Kind::Or => (seen > 0, "at least 1"),
    };
    if is_right { Ok(function) } else { Err(FormulaError::Arguments { function: name.to_owned(), seen, wanted }) }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    Sign(&'static str),
}

/// Signs as written and as meant, longer ones first.
const SIGNS: [(&str, &str); 20] = [
    ("&&", "&"),
    ("||", "|"),
    ("<=", "<="),
    (">=", ">="),
    ("==", "="),
    ("!=", "!="),
    ("<>", "!="),
    ("&", "&"),
    ("|", "|"),
    ("+", "+"),
    ("-", "-"),
    ("*", "*"),
    ("/", "/"),
    ("<", "<"),
    ("=", "="),
    (">", ">"),
    ("^", "^"),
    ("(", "("),
    (")", ")"),
    (";", ";"),
];

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, FormulaError> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut at = 1;
    loop {
        let space = rest.len() - rest.trim_start().len();
        at += rest[..space].chars().count();
        rest = &rest[space..];
        if tokens.len() > LONGEST {
            return Err(FormulaError::TooDeep);
        }
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        let length = if first.is_ascii_digit() || first == '.' {
            let length = number_length(rest);
            let value = rest[..length].parse();
            let wrong = || FormulaError::Syntax { at, seen: rest[..length].to_owned(), wanted: "a number such as 1.5e-3" };
            tokens.push((at, Token::Number(value.map_err(|_| wrong())?)));
            length
        } else if first.is_ascii_alphabetic() || first == '_' || first == '$' {
            let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
            let name = rest[..length].to_ascii_lowercase();
            let sign = ["div", "mod", "xor"].into_iter().find(|s| *s == name);
            tokens.push((at, sign.map_or_else(|| Token::Name(name), Token::Sign)));
            length
        } else if let Some((written, meant)) = SIGNS.iter().find(|(written, _)| rest.starts_with(written)) {
            tokens.push((at, Token::Sign(meant)));
            written.len()
        } else {
            return Err(FormulaError::Syntax { at, seen: first.to_string(), wanted: "a number, a name or an operator" });
        };
        // Numbers, names and signs are ASCII: their bytes are their characters.
        at += length;
        rest = &rest[length..];
    }
}

fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| from + bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let power = digits((end + 1 + sign).min(bytes.len()));
        if power > end + 1 + sign {
            end = power;
        }
    }
    end
}

/// Operators by level, loosest first.
const LEVELS: [&[&str]; 7] = [&["|"], &["xor"], &["&"], &["<", "<=", "=", "!=", ">", ">="], &["+", "-"], &["*", "/", "div", "mod"], &["^"]];

struct Parser<'t> {
    tokens: &'t [(usize, Token)],
    at: usize,
    depth: usize,
    end: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn takes(&mut self, among: &[&'static str]) -> Option<&'static str> {
        let Some(Token::Sign(sign)) = self.peek() else { return None };
        let found = among.iter().find(|s| *s == sign).copied();
        self.at += usize::from(found.is_some());
        found
    }

    fn unexpected(&self, wanted: &'static str) -> FormulaError {
        let (at, seen) = match self.tokens.get(self.at) {
            None => (self.end, "the end".to_owned()),
            Some((at, Token::Number(number))) => (*at, number.to_string()),
            Some((at, Token::Name(name))) => (*at, name.clone()),
            Some((at, Token::Sign(sign))) => (*at, (*sign).to_owned()),
        };
        FormulaError::Syntax { at, seen, wanted }
    }

    fn level(&mut self, level: usize) -> Result<Node, FormulaError> {
        let Some(signs) = LEVELS.get(level) else { return self.signed() };
        let mut left = self.level(level + 1)?;
        while let Some(sign) = self.takes(signs) {
            left = Node::Binary(sign, Box::new(left), Box::new(self.level(level + 1)?));
        }
        Ok(left)
    }

    fn signed(&mut self) -> Result<Node, FormulaError> {
        match self.takes(&["+", "-"]) {
            Some("-") => Ok(Node::Negative(Box::new(self.element()?))),
            _ => self.element(),
        }
    }

    fn element(&mut self) -> Result<Node, FormulaError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(FormulaError::TooDeep);
        }
        let node = match self.peek().cloned() {
            Some(Token::Number(number)) => {
                self.at += 1;
                Node::Number(number)
            }
            Some(Token::Name(name)) => {
                self.at += 1;
                if self.takes(&["("]).is_some() { self.arguments(&name)? } else { Node::Name(name) }
            }
            _ if self.takes(&["("]).is_some() => {
                let inner = self.level(0)?;
                self.takes(&[")"]).ok_or_else(|| self.unexpected("an operator or `)`"))?;
                inner
            }
            _ => return Err(self.unexpected("a number, a name or `(`")),
        };
        self.depth -= 1;
        Ok(node)
    }

    fn arguments(&mut self, name: &str) -> Result<Node, FormulaError> {
        let mut arguments = Vec::new();
        if self.takes(&[")"]).is_none() {
            loop {
                arguments.push(self.level(0)?);
                if self.takes(&[")"]).is_some() {
                    break;
                }
                self.takes(&[";"]).ok_or_else(|| self.unexpected("`;` or `)`"))?;
            }
        }
        if arguments.is_empty() && ["pi", "e", "true", "false"].contains(&name) {
            return Ok(Node::Name(name.to_owned()));
        }
        Ok(Node::Call(function(name, arguments.len())?, arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::{Formula, FormulaError, shown};

    fn value(text: &str) -> Result<f64, FormulaError> {
        Formula::parse(text)?.value(|name| match name {
            "a" => Some(2.0),
            "waste_base" => Some(0.25),
            _ => None,
        })
    }

    #[test]
    fn a_long_text_is_shown_by_its_beginning() {
        assert_eq!(shown("2 * a"), "2 * a");
        let long = "ä".repeat(1000);
        assert_eq!(shown(&long), format!("{}… (940 more characters)", "ä".repeat(60)));
        let message = Formula::parse(&format!("{long}(1)")).unwrap_err().to_string();
        assert!(message.len() < 300, "{message}");
    }

    #[test]
    fn operators_bind_as_in_openlca() {
        for (text, wanted) in [
            ("1 + 2 * 3", 7.0),
            ("-2^2", 4.0),
            ("2^3^2", 64.0),
            ("7 - 2 - 1", 4.0),
            ("7 div 2", 3.0),
            ("7.5 mod 2", 1.5),
            ("Waste_Base/(1-WASTE_BASE)", 1.0 / 3.0),
            ("44/16*a", 5.5),
            ("if(a > 1 & not(a = 3); sum(1; 2; 3); 0)", 6.0),
            ("if(1 < 2 xor 1 < 3; 1; 2)", 2.0),
            ("1.5e-3 * 1E3", 1.5),
            (".5 + 1.", 1.5),
            ("round(2.5) + int(-1.7) + frac(1.25)", 2.25),
            ("pow(a; 3) + log(100) + cos(pi) + cos(pi())", 8.0),
            ("min(3; a; 5) + max(3; a) + avg(1; 2)", 6.5),
        ] {
            assert!((value(text).unwrap() - wanted).abs() < 1e-12, "{text}: {:?}", value(text));
        }
    }

    #[test]
    fn what_is_no_formula_is_named_with_its_place() {
        for (text, word) in [
            ("", "character 1: `the end`"),
            ("1 +", "character 4: `the end`"),
            ("(1", "an operator or `)`"),
            ("1 2", "character 3: `2`"),
            ("a # 2", "character 3: `#`"),
            ("3..4", "wanted an operator or the end"),
            ("sinn(1)", "no function `sinn`"),
            ("random()", "no function `random`"),
            ("sin(1; 2)", "2 arguments, wanted 1"),
            ("if(1; 2; 3)", "`if` wants a truth"),
            ("1 + (a > 2)", "`+` wants a number"),
            ("b", "no parameter `b`"),
            ("1/0", "yields inf"),
            ("sqrt(-1)", "yields NaN"),
        ] {
            let error = value(text).unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn deep_nesting_and_endless_chains_are_refused() {
        assert_eq!(value(&"(".repeat(1_000_000)), Err(FormulaError::TooDeep));
        assert_eq!(value(&"-".repeat(1_000)).unwrap_err().to_string(), "at character 2: `-`, wanted a number, a name or `(`");
        assert_eq!(value(&format!("1{}", "+1".repeat(1_000_000))), Err(FormulaError::TooDeep));
        assert_eq!(value(&format!("1{}", "+1".repeat(900))), Ok(901.0));
    }
}
