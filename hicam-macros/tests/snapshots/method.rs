impl Bank {
    pub async fn balance(&self, account: String) -> i64 {
        self.read(&account).await
    }
}
