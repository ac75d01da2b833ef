"""The app in a project that is not ours: as docs/integrating.md says, and nothing more."""
