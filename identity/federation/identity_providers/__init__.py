"""Identity providers: who else may say who somebody is."""
