async fn walks(n: u64) -> u64 {
    let sum = {
        let graph = Rc::new(Cell::new(n));
        let unused = Rc::clone(&graph);
        while graph.get() > 1 {
            graph.set(half(graph.get()));
        }
        graph.get()
    };
    step(sum).await
}
