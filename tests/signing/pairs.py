"""Key pairs from fixed seeds: nothing here is secret."""

from bot.signing.keys import new_signing_key

# RFC 8032, section 7.1, tests 1 and 2
OURS = new_signing_key(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
THEIRS = new_signing_key(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
