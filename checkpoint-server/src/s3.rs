//! Opening an S3 bucket by the settings in the environment, none of which is guessed or asked of the network.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};

use crate::error::StoreError;

/// Allows credentials to be asked of the metadata service of a cloud machine, at a link-local address.
const INSTANCE_METADATA: &str = "HICAM_S3_INSTANCE_METADATA";

/// The settings of the environment that concern S3; those that are empty count as not set.
pub(crate) struct Settings(BTreeMap<String, String>);

impl Settings {
    pub(crate) fn from_env() -> Self {
        Self::new(std::env::vars_os().filter_map(|(key, value)| {
            Some((key.to_str()?.to_owned(), value.to_str()?.to_owned()))
        }))
    }

    fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let concerns = |key: &str| key.starts_with("AWS_") || key == INSTANCE_METADATA;
        let variables = variables
            .into_iter()
            .filter(|(key, value)| concerns(key) && !value.is_empty());
        Self(variables.collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn first(&self, names: &[&'static str]) -> Option<(&'static str, &str)> {
        names.iter().find_map(|name| Some((*name, self.get(name)?)))
    }

    fn is_on(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
    }

    /// Opens the bucket; nothing is sent yet. A request is tried again for `patience`.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] names the variables that are missing.
    pub(crate) fn open(
        &self,
        bucket: &str,
        prefix: &str,
        name: &str,
        patience: Duration,
    ) -> Result<Arc<dyn ObjectStore>, StoreError> {
        let store = self.build(bucket, name, patience)?;
        if prefix.is_empty() {
            Ok(Arc::new(store))
        } else {
            Ok(Arc::new(PrefixStore::new(store, prefix)))
        }
    }

    fn build(&self, bucket: &str, name: &str, patience: Duration) -> Result<AmazonS3, StoreError> {
        let invalid =
            |reason: String| StoreError::Invalid(format!("checkpoint store {name} {reason}"));
        self.check_credentials().map_err(invalid)?;
        self.check_place().map_err(invalid)?;
        let mut builder = AmazonS3Builder::new();
        for (variable, value) in &self.0 {
            // Variables of other programs, such as AWS_PROFILE, are none of the store's.
            if let Ok(key) = variable.to_ascii_lowercase().parse() {
                builder = builder.with_config(key, value);
            }
        }
        let retry = RetryConfig {
            retry_timeout: patience,
            backoff: BackoffConfig {
                max_backoff: patience,
                ..BackoffConfig::default()
            },
            ..RetryConfig::default()
        };
        builder
            .with_bucket_name(bucket)
            .with_retry(retry)
            .build()
            .map_err(|e| StoreError::from_store(name, "reading its settings", e))
    }

    /// Without any credentials `object_store` would ask the metadata service, which elsewhere is a stranger's.
    fn check_credentials(&self) -> Result<(), String> {
        let pairs = [
            ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"),
            (
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            ),
        ];
        for (one, other) in pairs {
            match (self.get(one), self.get(other)) {
                (Some(_), Some(_)) => return Ok(()),
                (None, None) => {}
                // Roles are also set for other purposes, without a token.
                (None, Some(_)) if other == "AWS_ROLE_ARN" => {}
                (Some(_), None) => return Err(half(one, other)),
                (None, Some(_)) => return Err(half(other, one)),
            }
        }
        if self.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").is_some()
            || self.is_on("AWS_SKIP_SIGNATURE")
            || self.is_on(INSTANCE_METADATA)
        {
            return Ok(());
        }
        Err(format!(
            "has no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY where the checkpoint server \
             (or the remex that starts it) is started. Also accepted: AWS_WEB_IDENTITY_TOKEN_FILE with \
             AWS_ROLE_ARN, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI with \
             AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, AWS_SKIP_SIGNATURE=true for a bucket open to all, and \
             {INSTANCE_METADATA}=1 to ask the metadata service of a cloud machine. Profiles in ~/.aws are not read"
        ))
    }

    /// A bucket is at an endpoint, or at Amazon's of a region.
    fn check_place(&self) -> Result<(), String> {
        let endpoint = self.first(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"]);
        let region = self.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]);
        match endpoint {
            Some((name, url)) if url.starts_with("http://") && !self.is_on("AWS_ALLOW_HTTP") => {
                Err(format!(
                    "is at {name}={url}, which is not encrypted: use https, or set AWS_ALLOW_HTTP=true if that is meant"
                ))
            }
            Some((_, url)) if url.starts_with("http://") || url.starts_with("https://") => Ok(()),
            Some((name, url)) => Err(format!(
                "is at {name}={url}, which is not a URL: give one such as https://s3.example.org"
            )),
            // Services at an endpoint of their own have no regions, or one: "us-east-1" serves all of them.
            None if region.is_some() => Ok(()),
            None => Err(
                "needs AWS_REGION, its region at Amazon, or AWS_ENDPOINT_URL, the address of another service"
                    .to_owned(),
            ),
        }
    }
}

fn half(set: &str, missing: &str) -> String {
    format!("has half of its credentials: {set} is set and {missing} is not; set both")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    type Variable = (&'static str, &'static str);

    const KEYS: [Variable; 2] = [("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "s")];
    const ENDPOINT: Variable = ("AWS_ENDPOINT_URL", "https://127.0.0.1:1");

    fn build(variables: &[Variable]) -> Result<AmazonS3, StoreError> {
        crate::location::install_tls_provider();
        let variables = variables
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Settings::new(variables).build("b", "s3://b", Duration::from_secs(1))
    }

    #[test]
    fn what_is_missing_is_named() {
        let [id, secret] = KEYS;
        let cases: [(&[Variable], &[&str]); 8] = [
            (
                &[ENDPOINT],
                &[
                    "AWS_ACCESS_KEY_ID",
                    "AWS_SECRET_ACCESS_KEY",
                    INSTANCE_METADATA,
                ],
            ),
            (&[ENDPOINT, id], &["AWS_SECRET_ACCESS_KEY is not"]),
            (&[ENDPOINT, secret], &["AWS_ACCESS_KEY_ID is not"]),
            (
                &[ENDPOINT, id, ("AWS_SECRET_ACCESS_KEY", "")],
                &["AWS_SECRET_ACCESS_KEY is not"],
            ),
            (
                &[ENDPOINT, ("AWS_WEB_IDENTITY_TOKEN_FILE", "/t")],
                &["AWS_ROLE_ARN is not"],
            ),
            (&KEYS, &["AWS_REGION", "AWS_ENDPOINT_URL"]),
            (
                &[id, secret, ("AWS_ENDPOINT_URL", "http://127.0.0.1:1")],
                &["AWS_ALLOW_HTTP=true"],
            ),
            (
                &[id, secret, ("AWS_ENDPOINT", "minio")],
                &["AWS_ENDPOINT=minio"],
            ),
        ];
        for (variables, words) in cases {
            let error = build(variables).unwrap_err().to_string();
            for word in words {
                assert!(error.contains(word), "{variables:?}: {error}");
            }
            assert!(error.contains("s3://b"), "{error}");
        }
    }

    #[test]
    fn the_metadata_service_is_asked_only_where_that_is_wanted() {
        let provider = |variables: &[Variable]| format!("{:?}", build(variables).unwrap());
        let [id, secret] = KEYS;
        let accepted: [&[Variable]; 4] = [
            &[ENDPOINT, id, secret],
            &[("AWS_DEFAULT_REGION", "eu-west-1"), id, secret],
            &[
                ENDPOINT,
                ("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"),
                ("AWS_ROLE_ARN", "r"),
            ],
            &[ENDPOINT, ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x")],
        ];
        for variables in accepted {
            let text = provider(variables);
            assert!(!text.contains("InstanceCredential"), "{text}");
        }
        let text = provider(&[ENDPOINT, (INSTANCE_METADATA, "1")]);
        assert!(text.contains("InstanceCredential"), "{text}");
    }
}
