//! A small language: a tokenizer, a compiler to a stack machine by precedence climbing, and the machine.

use std::collections::HashMap;
use std::fmt;

use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
enum Token {
    Number(i64),
    Name(String),
    Symbol(char),
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
enum Op {
    Push(i64),
    Load(String),
    Store(String),
    Add,
    Sub,
    Mul,
    Div,
    Less,
    JumpIfZero(usize),
    Jump(usize),
    Print,
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Error {
    Character(char),
    Expected(&'static str),
    Unknown(String),
    DivisionByZero,
    Underflow,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Character(c) => write!(f, "unexpected {c:?}"),
            Error::Expected(what) => write!(f, "expected {what}"),
            Error::Unknown(name) => write!(f, "no variable {name}"),
            Error::DivisionByZero => f.write_str("division by zero"),
            Error::Underflow => f.write_str("the stack is empty"),
        }
    }
}

#[hicam::migratable]
async fn tokenize(source: &str) -> Result<Vec<Token>, Error> {
    let chars: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let start = at;
        at += 1;
        match c {
            c if c.is_whitespace() => continue,
            '0'..='9' => {
                while at < chars.len() && chars[at].is_ascii_digit() {
                    at += 1;
                }
                let digits: String = chars[start..at].iter().collect();
                match digits.parse() {
                    Ok(number) => tokens.push(Token::Number(number)),
                    Err(_) => return Err(Error::Expected("a smaller number")),
                }
            }
            c if c.is_alphabetic() => {
                while at < chars.len() && chars[at].is_alphanumeric() {
                    at += 1;
                }
                tokens.push(Token::Name(chars[start..at].iter().collect()));
            }
            '+' | '-' | '*' | '/' | '<' | '=' | '(' | ')' | '{' | '}' | ';' => {
                tokens.push(Token::Symbol(c))
            }
            other => return Err(Error::Character(other)),
        }
    }
    Ok(tokens)
}

#[derive(Default, hicam::State)]
pub(crate) struct Compiler {
    tokens: Vec<Token>,
    at: usize,
    code: Vec<Op>,
}

#[hicam::migratable]
impl Compiler {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned()?;
        self.at += 1;
        Some(token)
    }

    fn symbol(&mut self, symbol: char, what: &'static str) -> Result<(), Error> {
        match self.next() {
            Some(Token::Symbol(found)) if found == symbol => Ok(()),
            _ => Err(Error::Expected(what)),
        }
    }

    async fn program(&mut self) -> Result<(), Error> {
        while self.peek().is_some() {
            self.statement().await?;
        }
        Ok(())
    }

    async fn statement(&mut self) -> Result<(), Error> {
        match self.next() {
            Some(Token::Name(name)) if name == "print" => {
                self.expression(0).await?;
                self.code.push(Op::Print);
                self.symbol(';', "`;`")
            }
            Some(Token::Name(name)) if name == "while" => {
                let head = self.code.len();
                self.expression(0).await?;
                let exit = self.code.len();
                self.code.push(Op::JumpIfZero(usize::MAX));
                self.symbol('{', "`{`")?;
                while self.peek() != Some(&Token::Symbol('}')) {
                    Box::pin(self.statement()).await?;
                }
                self.symbol('}', "`}`")?;
                self.code.push(Op::Jump(head));
                self.code[exit] = Op::JumpIfZero(self.code.len());
                Ok(())
            }
            Some(Token::Name(name)) => {
                self.symbol('=', "`=`")?;
                self.expression(0).await?;
                self.code.push(Op::Store(name));
                self.symbol(';', "`;`")
            }
            _ => Err(Error::Expected("a statement")),
        }
    }

    async fn expression(&mut self, least: u8) -> Result<(), Error> {
        match self.next() {
            Some(Token::Number(number)) => self.code.push(Op::Push(number)),
            Some(Token::Name(name)) => self.code.push(Op::Load(name)),
            Some(Token::Symbol('(')) => {
                Box::pin(self.expression(0)).await?;
                self.symbol(')', "`)`")?;
            }
            _ => return Err(Error::Expected("an expression")),
        }
        loop {
            let (op, precedence) = match self.peek() {
                Some(Token::Symbol('<')) => (Op::Less, 1),
                Some(Token::Symbol('+')) => (Op::Add, 2),
                Some(Token::Symbol('-')) => (Op::Sub, 2),
                Some(Token::Symbol('*')) => (Op::Mul, 3),
                Some(Token::Symbol('/')) => (Op::Div, 3),
                _ => return Ok(()),
            };
            if precedence <= least {
                return Ok(());
            }
            self.at += 1;
            Box::pin(self.expression(precedence)).await?;
            self.code.push(op);
        }
    }
}

#[hicam::migratable]
async fn execute(code: &[Op]) -> Result<Vec<i64>, Error> {
    let mut stack: Vec<i64> = Vec::new();
    let mut variables: HashMap<String, i64> = HashMap::new();
    let mut output = Vec::new();
    let mut pc = 0;
    while let Some(op) = code.get(pc) {
        pc += 1;
        match op {
            Op::Push(number) => stack.push(*number),
            Op::Load(name) => match variables.get(name) {
                Some(value) => stack.push(*value),
                None => return Err(Error::Unknown(name.clone())),
            },
            Op::Store(name) => {
                let value = stack.pop().ok_or(Error::Underflow)?;
                variables.insert(name.clone(), value);
            }
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Less => {
                let right = stack.pop().ok_or(Error::Underflow)?;
                let left = stack.pop().ok_or(Error::Underflow)?;
                stack.push(match op {
                    Op::Add => left + right,
                    Op::Sub => left - right,
                    Op::Mul => left * right,
                    Op::Div => left.checked_div(right).ok_or(Error::DivisionByZero)?,
                    _ => i64::from(left < right),
                });
            }
            Op::JumpIfZero(target) => {
                if stack.pop().ok_or(Error::Underflow)? == 0 {
                    pc = *target;
                }
            }
            Op::Jump(target) => pc = *target,
            Op::Print => output.push(stack.pop().ok_or(Error::Underflow)?),
        }
    }
    Ok(output)
}

#[hicam::migratable]
async fn interpret(source: &str) -> Result<Vec<i64>, Error> {
    let tokens = tokenize(source).await?;
    let mut compiler = Compiler {
        tokens,
        ..Compiler::default()
    };
    compiler.program().await?;
    execute(&compiler.code).await
}

#[hicam::migratable]
async fn report(source: &str) -> String {
    match interpret(source).await {
        Ok(output) => format!("{output:?}"),
        Err(error) => format!("error: {error}"),
    }
}

programs! {
    algorithms::machine;
    a_machine_counts: report("n = 0; sum = 0; while n < 4 { n = n + 1; sum = sum + n * (n - 1); } print sum; print 7 / 2 - 1;") => "[20, 2]".to_owned();
    a_machine_divides_by_zero: report("x = 3; print 1 / (x - 3);") => "error: division by zero".to_owned();
    a_machine_knows_its_variables: report("print y;") => "error: no variable y".to_owned();
    a_machine_refuses: report("x = ;") => "error: expected an expression".to_owned();
    a_machine_reads: report("x = 3 # 4;") => "error: unexpected '#'".to_owned();
}
