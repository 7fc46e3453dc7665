"""Reading a register in: upload (look), confirm, undo. One module for each kind of register."""
