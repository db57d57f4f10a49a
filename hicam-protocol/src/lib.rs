//! The protocols between the parts of HiCaM: gRPC services, request metadata, records in the name service.
//!
//! - [`management`], [`checkpoint`], [`remex`]: the gRPC services, generated from `proto/`.
//! - [`metadata`]: the headers that a conformist client and server exchange beside a call.
//! - [`class_binary`]: what a class's binary is asked on its command line.
//! - [`transport`]: listening and connecting; the one place where transport security belongs.
//! - [`executable`]: what machine a binary is for, as its header says.
//! - [`naming`]: the records in the name service and the client that reads and writes them.

pub mod class_binary;
pub mod executable;
pub mod metadata;
pub mod naming;
pub mod transport;

/// The management service that every conformist server carries (`proto/management.proto`).
pub mod management {
    #![allow(
        missing_docs,
        unreachable_pub,
        reason = "generated code; the comments are in the .proto file"
    )]
    tonic::include_proto!("hicam.management.v1");
}

/// The service of a checkpoint server (`proto/checkpoint.proto`).
pub mod checkpoint {
    #![allow(
        missing_docs,
        unreachable_pub,
        reason = "generated code; the comments are in the .proto file"
    )]
    tonic::include_proto!("hicam.checkpoint.v1");
}

/// The service of the daemon of one host (`proto/remex.proto`).
pub mod remex {
    #![allow(
        missing_docs,
        unreachable_pub,
        reason = "generated code; the comments are in the .proto file"
    )]
    tonic::include_proto!("hicam.remex.v1");
}

/// The encoded `FileDescriptorSet` of all HiCaM services, for gRPC reflection.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/hicam.bin"));
