//! A JSON parser by recursive descent over characters.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Array(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum ParseError {
    UnexpectedEnd,
    Unexpected { found: char, at: usize },
    Number(String),
}

#[derive(hicam::State)]
pub(crate) struct Parser {
    input: Vec<char>,
    at: usize,
}

#[hicam::migratable]
impl Parser {
    fn new(text: &str) -> Self {
        Parser {
            input: text.chars().collect(),
            at: 0,
        }
    }

    fn peek(&self) -> Option<char> {
        self.input.get(self.at).copied()
    }

    fn bump(&mut self) -> Result<char, ParseError> {
        let c = self.peek().ok_or(ParseError::UnexpectedEnd)?;
        self.at += 1;
        Ok(c)
    }

    fn unexpected<T>(&self, found: char) -> Result<T, ParseError> {
        Err(ParseError::Unexpected { found, at: self.at })
    }

    async fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    async fn literal(&mut self, word: &str, value: Json) -> Result<Json, ParseError> {
        for expected in word.chars() {
            let found = self.bump()?;
            if found != expected {
                return self.unexpected(found);
            }
        }
        Ok(value)
    }

    async fn value(&mut self) -> Result<Json, ParseError> {
        self.blanks().await;
        let value = match self.peek().ok_or(ParseError::UnexpectedEnd)? {
            'n' => self.literal("null", Json::Null).await?,
            't' => self.literal("true", Json::Bool(true)).await?,
            'f' => self.literal("false", Json::Bool(false)).await?,
            '"' => Json::Text(self.text().await?),
            '[' => Box::pin(self.array()).await?,
            '{' => Box::pin(self.object()).await?,
            '-' | '0'..='9' => self.number().await?,
            other => return self.unexpected(other),
        };
        self.blanks().await;
        Ok(value)
    }

    async fn number(&mut self) -> Result<Json, ParseError> {
        let mut digits = String::new();
        while let Some(c) = self.peek() {
            if !matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9') {
                break;
            }
            digits.push(c);
            self.at += 1;
        }
        match digits.parse() {
            Ok(number) => Ok(Json::Number(number)),
            Err(_) => Err(ParseError::Number(digits)),
        }
    }

    async fn text(&mut self) -> Result<String, ParseError> {
        let mut text = String::new();
        self.bump()?;
        loop {
            match self.bump()? {
                '"' => return Ok(text),
                '\\' => text.push(match self.bump()? {
                    'n' => '\n',
                    't' => '\t',
                    'u' => self.escape().await?,
                    other => other,
                }),
                c => text.push(c),
            }
        }
    }

    async fn escape(&mut self) -> Result<char, ParseError> {
        let mut code = 0;
        for _ in 0..4 {
            let c = self.bump()?;
            let Some(digit) = c.to_digit(16) else {
                return self.unexpected(c);
            };
            code = code * 16 + digit;
        }
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    async fn array(&mut self) -> Result<Json, ParseError> {
        self.bump()?;
        let mut items = Vec::new();
        self.blanks().await;
        if self.peek() == Some(']') {
            self.bump()?;
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value().await?);
            match self.bump()? {
                ',' => continue,
                ']' => break Ok(Json::Array(items)),
                other => break self.unexpected(other),
            }
        }
    }

    async fn object(&mut self) -> Result<Json, ParseError> {
        self.bump()?;
        let mut members = BTreeMap::new();
        loop {
            self.blanks().await;
            if self.peek() == Some('}') && members.is_empty() {
                self.bump()?;
                return Ok(Json::Object(members));
            }
            let key = self.text().await?;
            self.blanks().await;
            match self.bump()? {
                ':' => {}
                other => return self.unexpected(other),
            }
            members.insert(key, self.value().await?);
            match self.bump()? {
                ',' => {}
                '}' => return Ok(Json::Object(members)),
                other => return self.unexpected(other),
            }
        }
    }
}

#[hicam::migratable]
async fn parse(text: &str) -> Result<Json, ParseError> {
    let mut parser = Parser::new(text);
    let value = parser.value().await?;
    match parser.peek() {
        Some(rest) => parser.unexpected(rest),
        None => Ok(value),
    }
}

fn significant(chars: &mut Peekable<Chars<'_>>) -> usize {
    chars.filter(|c| !c.is_whitespace()).count()
}

#[hicam::migratable]
async fn both(text: &str) -> (Result<Json, ParseError>, usize) {
    let value = parse(text).await;
    (value, significant(&mut text.chars().peekable()))
}

programs! {
    algorithms::json;
    json_values: both(r#" {"a": [1, -2.5e1, true], "b\u00e4": {"c": null, "d": "x\ny"}, "e": []} "#);
    json_cut_short: parse("[1, 2") => Err(ParseError::UnexpectedEnd);
    json_with_a_mistake: parse("[1 2]") => Err(ParseError::Unexpected { found: '2', at: 4 });
    json_with_a_bad_number: parse("1e+-2") => Err(ParseError::Number("1e+-2".into()));
}
