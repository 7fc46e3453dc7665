"""Reading a register in: upload (look), confirm, undo. One module for each kind of register."""

from courses.actions.registers.lifecycle import confirm_register, undo_register, upload_register

__all__ = ["confirm_register", "undo_register", "upload_register"]
