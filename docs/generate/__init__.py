"""What makes the generated pages and pictures: `make diagrams`, `make reference-cli`, `make figures`."""
