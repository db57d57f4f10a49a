//! A tokenizer over a text's characters, with one character of look-ahead.

use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Token {
    Number(i64),
    Name(String),
    Symbol(char),
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Error {
    Character(char),
}

#[hicam::migratable]
async fn tokenize(source: &str) -> Result<Vec<Token>, Error> {
    let mut tokens = Vec::new();
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => continue,
            '0'..='9' => {
                let mut number = i64::from(c.to_digit(10).unwrap_or(0));
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                    number = number * 10 + i64::from(digit);
                    chars.next();
                }
                tokens.push(Token::Number(number));
            }
            c if c.is_alphabetic() => {
                let mut name = String::from(c);
                while let Some(c) = chars.next_if(|c| c.is_alphanumeric()) {
                    name.push(c);
                }
                tokens.push(Token::Name(name));
            }
            '+' | '-' | '*' | '/' | '<' | '=' | '(' | ')' | '{' | '}' | ';' => {
                tokens.push(Token::Symbol(c))
            }
            other => return Err(Error::Character(other)),
        }
    }
    Ok(tokens)
}

programs! {
    algorithms::tokenizer;
    tokens_of_a_text: tokenize("x1 = 23*(y - 4);");
    tokens_of_a_bad_text: tokenize("x ? 2") => Err(Error::Character('?'));
}
