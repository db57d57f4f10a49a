//! Values in boxes: moved out of them across points.

use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Expr {
    Number(i64),
    Negate(Box<Expr>),
    Binary(Box<Expr>, char, Box<Expr>),
}

#[hicam::migratable]
async fn evaluate(expr: Expr) -> Result<i64, String> {
    Ok(match expr {
        Expr::Number(n) => n,
        Expr::Negate(inner) => -Box::pin(evaluate(*inner)).await?,
        Expr::Binary(left, op @ ('+' | '-' | '*'), right) => {
            let left = Box::pin(evaluate(*left)).await?;
            let right = Box::pin(evaluate(*right)).await?;
            match op {
                '+' => left + right,
                '-' => left - right,
                _ => left * right,
            }
        }
        Expr::Binary(left, '/', right) => {
            let divisor = Box::pin(evaluate(*right)).await?;
            if divisor == 0 {
                return Err("division by zero".to_owned());
            }
            Box::pin(evaluate(*left)).await? / divisor
        }
        Expr::Binary(_, op, _) => return Err(format!("unknown operator {op}")),
    })
}

fn binary(left: Expr, op: char, right: Expr) -> Expr {
    Expr::Binary(Box::new(left), op, Box::new(right))
}

fn sum_of_products() -> Expr {
    let three = Expr::Negate(Box::new(Expr::Number(3)));
    binary(
        binary(Expr::Number(2), '*', three),
        '+',
        binary(Expr::Number(9), '/', Expr::Number(2)),
    )
}

#[hicam::migratable]
async fn shout(text: String) -> String {
    hicam::point().await;
    text.to_uppercase()
}

#[hicam::migratable]
async fn unboxed(text: Box<String>) -> (String, usize) {
    let length = text.len();
    hicam::point().await;
    let loud = shout(*text).await;
    hicam::point().await;
    (loud, length)
}

#[hicam::migratable]
async fn unboxed_in_a_branch(texts: Vec<Box<String>>) -> String {
    let mut all = String::new();
    for text in texts {
        if text.len() > 1 {
            all += &shout(*text).await;
        } else {
            hicam::point().await;
            let plain = *text;
            hicam::point().await;
            all += &plain;
        }
    }
    all
}

programs! {
    boxes;
    a_tree_of_expressions: evaluate(sum_of_products()) => Ok(-2);
    a_tree_with_an_unknown_operator: evaluate(binary(sum_of_products(), '%', sum_of_products())) => Err("unknown operator %".to_owned());
    a_box_is_opened: unboxed(Box::new("abc".into())) => ("ABC".to_owned(), 3);
    boxes_are_opened: unboxed_in_a_branch(vec![Box::new("ab".into()), Box::new("c".into())]) => "ABc".to_owned();
}
