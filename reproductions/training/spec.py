"""What an experiment's spec may say of its fields."""

ANY_SIGN = {"any_sign": True}
"""Metadata of a field whose numbers may have another sign than the stored ones."""
