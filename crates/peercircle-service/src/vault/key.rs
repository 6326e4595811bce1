//! The master key: from the environment, or a file that nobody else reads.

use std::{fmt, path::Path};

use zeroize::{Zeroize as _, Zeroizing};

use crate::VaultError;

/// The key that wraps the keys of all cycles: 256 random bits, written as 64 hexadecimal digits. Wiped when dropped, and never
/// printed. Keep it apart from the store and its backups: with both, everything opens; without it, nothing does.
///
/// # Example
/// ```
/// use peercircle_service::MasterKey;
/// let key = MasterKey::generate()?;
/// assert_eq!(MasterKey::from_hex(&key.to_hex())?.to_hex(), key.to_hex());
/// assert_eq!(format!("{key:?}"), "MasterKey");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

/// A master key that can't be read. It says nothing of what was found, as that may be nearly the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MasterKeyError {
    /// The variable isn't set.
    #[error("expected a master key in the environment variable `{name}`, got nothing")]
    NotSet {
        /// The variable.
        name: String,
    },
    /// The text is no key.
    #[error("expected a master key of 64 hexadecimal digits, got {got} characters that are none")]
    NotHex {
        /// How many characters there are.
        got: usize,
    },
    /// The file can't be read.
    #[error("expected a master key in `{path}`, got {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the machine said.
        reason: String,
    },
    /// Others may read the file.
    #[error("expected `{path}` to be readable by its owner alone (mode 600), got mode {mode:o}")]
    Exposed {
        /// The file.
        path: String,
        /// Its mode.
        mode: u32,
    },
}

impl MasterKeyError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSet { .. } => "master_key_not_set",
            Self::NotHex { .. } => "master_key_not_hex",
            Self::Unreadable { .. } => "master_key_unreadable",
            Self::Exposed { .. } => "master_key_exposed",
        }
    }
}

impl MasterKey {
    /// A new one.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn generate() -> Result<Self, VaultError> {
        let mut key = Zeroizing::new([0; 32]);
        super::seal::fill(key.as_mut_slice())?;
        Ok(Self(key))
    }

    /// The key of 64 hexadecimal digits; white space around them is left out.
    ///
    /// # Errors
    /// [`MasterKeyError::NotHex`].
    pub fn from_hex(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        let not_hex = || MasterKeyError::NotHex { got: text.chars().count() };
        let mut key = Zeroizing::new([0_u8; 32]);
        let mut digits = text.chars().map(|digit| digit.to_digit(16));
        for byte in key.iter_mut() {
            let (Some(Some(high)), Some(Some(low))) = (digits.next(), digits.next()) else { return Err(not_hex()) };
            *byte = u8::try_from(high * 16 + low).map_err(|_| not_hex())?;
        }
        if digits.next().is_some() { Err(not_hex()) } else { Ok(Self(key)) }
    }

    /// The key in an environment variable.
    ///
    /// # Errors
    /// [`MasterKeyError::NotSet`], [`MasterKeyError::NotHex`].
    pub fn from_env(name: &str) -> Result<Self, MasterKeyError> {
        let mut text = std::env::var(name).map_err(|_| MasterKeyError::NotSet { name: name.to_owned() })?;
        let key = Self::from_hex(&text);
        text.zeroize();
        key
    }

    /// The key in a file that only its owner can read.
    ///
    /// # Errors
    /// [`MasterKeyError::Unreadable`], [`MasterKeyError::Exposed`], [`MasterKeyError::NotHex`].
    pub fn from_file(path: &Path) -> Result<Self, MasterKeyError> {
        let shown = || path.display().to_string();
        let unreadable = |error: std::io::Error| MasterKeyError::Unreadable { path: shown(), reason: error.to_string() };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(MasterKeyError::Exposed { path: shown(), mode });
            }
        }
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
        Self::from_hex(&text)
    }

    /// Its 64 digits, for whoever sets it up.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        use fmt::Write as _;
        let mut text = Zeroizing::new(String::with_capacity(64));
        for byte in self.0.iter() {
            // Writing to a string never fails.
            let _written = write!(*text, "{byte:02x}");
        }
        text
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_is_refused_without_being_repeated() {
        let secret = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeef";
        for bad in [secret.to_owned(), format!("{secret}fe"), format!("{secret}x"), String::new(), "ü".repeat(64)] {
            let error = MasterKey::from_hex(&bad).unwrap_err();
            assert_eq!(error.code(), "master_key_not_hex");
            assert!(bad.is_empty() || !error.to_string().contains(&bad), "{error}");
        }
        let key = MasterKey::from_hex(&format!(" {secret}F\n")).unwrap();
        assert_eq!(*key.to_hex(), format!("{secret}f"));
        assert_eq!(MasterKey::from_env("PEERCIRCLE_NO_SUCH_VARIABLE").unwrap_err().code(), "master_key_not_set");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert_eq!(MasterKey::from_file(&path).unwrap_err().code(), "master_key_unreadable");
        let key = MasterKey::generate().unwrap();
        std::fs::write(&path, &*key.to_hex()).unwrap();
        for (mode, code) in [(0o644, Some("master_key_exposed")), (0o640, Some("master_key_exposed")), (0o600, None)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(MasterKey::from_file(&path).err().map(|error| error.code()), code);
        }
        assert_eq!(MasterKey::from_file(&path).unwrap().to_hex(), key.to_hex());
    }
}
