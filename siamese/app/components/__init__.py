"""Parts of the page that need a browser's code, each with its `.js` and `.css`."""
