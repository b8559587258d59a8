"""The shape of what goes over the wire: decoded JSON."""

Json = dict[str, object]
