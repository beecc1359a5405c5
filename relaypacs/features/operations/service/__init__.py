"""How the gateway itself is doing: its parts, its queues, its jobs, and what needs somebody."""
