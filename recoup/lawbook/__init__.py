"""Published rates that an agency enters beside the packs; each counts when a second person confirmed it."""
