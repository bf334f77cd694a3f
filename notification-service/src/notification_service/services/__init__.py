"""What the product does: keeps recipients, queues one mail per outcome, sends them."""
