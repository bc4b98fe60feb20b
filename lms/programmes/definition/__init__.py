"""What a programme is: its document, checked, as YAML, compared; and the one in force. Pure but for the queries."""
