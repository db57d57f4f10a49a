//! Protobuf messages as values: a length and the message's wire format.

use prost::Message;

use crate::schema::short_name;
use crate::{DecodeError, Decoder, EncodeError, Encoder, Type, TypeId, TypeTable};

/// Sets a message apart from the same Rust type described in another way.
struct Described<M>(std::marker::PhantomData<M>);

/// Adds the message type `M` to `types`.
pub fn describe<M: Message + Default + 'static>(types: &mut TypeTable) -> TypeId {
    types.define::<Described<M>>(|_| Type::Message {
        name: short_name::<M>(),
    })
}

/// Writes a message.
///
/// # Errors
/// None: a message can always be written. The signature is that of [`State::encode`](crate::State::encode).
pub fn encode<M: Message>(message: &M, out: &mut Encoder) -> Result<(), EncodeError> {
    out.bytes(&message.encode_to_vec());
    Ok(())
}

/// Reads a message.
///
/// # Errors
/// The bytes are not those of such a message.
pub fn decode<M: Message + Default>(input: &mut Decoder<'_>) -> Result<M, DecodeError> {
    M::decode(input.bytes()?).map_err(DecodeError::other)
}
