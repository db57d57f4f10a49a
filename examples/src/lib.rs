//! Services written as ordinary annotated tonic code, and the clients that use them.

pub mod bank;
pub mod cluster;
pub mod echo;
pub mod measure;
pub mod render;
pub mod textindex;

/// The encoded `FileDescriptorSet` of the examples' services, for gRPC reflection.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/examples.bin"));
