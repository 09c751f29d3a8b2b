//! Rounds of the public randomness beacon drand (specification, section drand).

use blst::{BLST_ERROR, min_sig};

use crate::{hash::sha256, hex::Hex, time::Time};

const TAG: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/// A chain of the beacon whose key is pinned here; its scheme is `bls-unchained-g1-rfc9380`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The chain's name: the hash of its parameters.
    pub hash: Hex<32>,
    /// The time of round 1, in seconds since 1970.
    pub genesis: u64,
    /// Seconds from one round to the next.
    pub period: u64,
    /// The public key: a point on G2, compressed.
    pub key: Hex<96>,
}

/// Why a round's signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrandError {
    /// Rounds count from 1.
    #[error("there is no round 0")]
    Round,
    /// The bytes are no point on G1.
    #[error("the round's signature is not a point of the curve BLS12-381")]
    Malformed,
    /// The signature is another round's, another chain's or nobody's.
    #[error("it is not drand's signature of this round")]
    Mismatch,
}

/// The chain quicknet of the League of Entropy: a round every three seconds.
pub static QUICKNET: Chain = Chain {
    hash: Hex([
        0x52, 0xdb, 0x9b, 0xa7, 0x0e, 0x0c, 0xc0, 0xf6, 0xea, 0xf7, 0x80, 0x3d, 0xd0, 0x74, 0x47, 0xa1, 0xf5, 0x47,
        0x77, 0x35, 0xfd, 0x3f, 0x66, 0x17, 0x92, 0xba, 0x94, 0x60, 0x0c, 0x84, 0xe9, 0x71,
    ]),
    genesis: 1_692_803_367,
    period: 3,
    key: Hex([
        0x83, 0xcf, 0x0f, 0x28, 0x96, 0xad, 0xee, 0x7e, 0xb8, 0xb5, 0xf0, 0x1f, 0xca, 0xd3, 0x91, 0x22, 0x12, 0xc4,
        0x37, 0xe0, 0x07, 0x3e, 0x91, 0x1f, 0xb9, 0x00, 0x22, 0xd3, 0xe7, 0x60, 0x18, 0x3c, 0x8c, 0x4b, 0x45, 0x0b,
        0x6a, 0x0a, 0x6c, 0x3a, 0xc6, 0xa5, 0x77, 0x6a, 0x2d, 0x10, 0x64, 0x51, 0x0d, 0x1f, 0xec, 0x75, 0x8c, 0x92,
        0x1c, 0xc2, 0x2b, 0x0e, 0x17, 0xe6, 0x3a, 0xaf, 0x4b, 0xcb, 0x5e, 0xd6, 0x63, 0x04, 0xde, 0x9c, 0xf8, 0x09,
        0xbd, 0x27, 0x4c, 0xa7, 0x3b, 0xab, 0x4a, 0xf5, 0xa6, 0xe9, 0xc7, 0x6a, 0x4b, 0xc0, 0x9e, 0x76, 0xea, 0xe8,
        0x99, 0x1e, 0xf5, 0xec, 0xe4, 0x5a,
    ]),
};

impl Chain {
    /// The pinned chain of a name, in lower-case hexadecimal.
    #[must_use]
    pub fn by_hash(hash: &str) -> Option<&'static Self> {
        Hex::parse(hash).ok().and_then(|hash| Self::pinned(&hash))
    }

    /// The pinned chain of a name.
    #[must_use]
    pub fn pinned(hash: &Hex<32>) -> Option<&'static Self> {
        (QUICKNET.hash == *hash).then_some(&QUICKNET)
    }

    /// The time at which a round is published; nothing for round 0, or where the year has more than four digits.
    #[must_use]
    pub fn round_time(&self, round: u64) -> Option<Time> {
        let since_genesis = round.checked_sub(1)?.checked_mul(self.period)?;
        let milliseconds = self.genesis.checked_add(since_genesis)?.checked_mul(1000)?;
        let time = Time(i64::try_from(milliseconds).ok()?);
        (time < Time::END).then_some(time)
    }

    /// The newest round at a time, `floor((t − genesis) / period) + 1`; 0 before the first.
    #[must_use]
    pub fn round_at(&self, time: Time) -> u64 {
        let seconds = u64::try_from(time.0.div_euclid(1000)).unwrap_or(0);
        match seconds.checked_sub(self.genesis) {
            Some(elapsed) => elapsed.checked_div(self.period).map_or(0, |rounds| rounds + 1),
            None => 0,
        }
    }

    /// Checks the signature of a round under the pinned key: over `SHA256(u64(round))`, hashed to G1 (RFC 9380).
    ///
    /// # Errors
    /// When there is no such round, the bytes are no point of the right subgroup, or the signature does not hold.
    pub fn verify(&self, round: u64, signature: &[u8]) -> Result<(), DrandError> {
        if round == 0 {
            return Err(DrandError::Round);
        }
        let key = min_sig::PublicKey::key_validate(&self.key.0).map_err(|_| DrandError::Mismatch)?;
        if signature.len() != 48 {
            return Err(DrandError::Malformed);
        }
        let signature = min_sig::Signature::sig_validate(signature, true).map_err(|_| DrandError::Malformed)?;
        let message = sha256(&[&round.to_be_bytes()]);
        // Groups and infinity were checked above.
        match signature.verify(false, &message, TAG, &[], &key, false) {
            BLST_ERROR::BLST_SUCCESS => Ok(()),
            _ => Err(DrandError::Mismatch),
        }
    }
}
