//! What a client of the renderer needs besides the generated client.

use std::path::Path;

use anyhow::Context as _;

use super::v1::PictureReply;

/// Writes a picture as a PNG file.
///
/// # Errors
/// If the file cannot be written, or the reply does not hold as many pixels as it says.
pub fn write_png(picture: &PictureReply, path: &Path) -> anyhow::Result<()> {
    let file = std::fs::File::create(path)
        .with_context(|| format!("cannot create the picture `{}`", path.display()))?;
    let mut encoder =
        png::Encoder::new(std::io::BufWriter::new(file), picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&picture.pixels)?;
    writer
        .finish()
        .with_context(|| format!("cannot write the picture `{}`", path.display()))
}
