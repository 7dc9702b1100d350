.PHONY: help run build test fmt audit clean

help: ## list these doors
	@sed -n 's/^\([a-z-]*\):.* ## /make \1\t/p' Makefile | expand -t 14

run: ## install what is missing, build what has changed, start Kith on http://127.0.0.1:3000
	@.ci/setup run && .ci/build && echo 'run: starting Kith; Ctrl+C ends it.' && exec target/release/kith

build: ## build target/release/kith, one file with everything in it
	@.ci/setup run && .ci/build

test: ## run every check: lints, tests on SQLite and PostgreSQL, a release build, browsers
	@.ci/setup test && .ci/test

fmt: ## format the Rust code
	@cargo fmt --all

audit: ## look for known vulnerabilities (fetches the advisory database)
	@.ci/setup test && cargo deny --config .deny.toml check advisories

clean: ## remove what was built; data/ stays
	@cargo clean && rm -rf end2end/node_modules end2end/test-results
