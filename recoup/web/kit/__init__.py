"""What every front door shares: layouts, components, formats, languages. The living page is /kit/."""
