"""The desk's pages, a file per subject. The clock is read by the request's place."""
