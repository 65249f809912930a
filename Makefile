# Each target is one line; the work is in tools/ (python3 -m tools help).
PYTHON ?= python3
TOOLS = $(PYTHON) -m tools

.PHONY: help run test lint shell bench story screenshots pot clean
.SILENT:

help: ; $(TOOLS) help
run: ; $(TOOLS) run
test: ; $(TOOLS) test
lint: ; $(TOOLS) lint
shell: ; $(TOOLS) shell
bench: ; $(TOOLS) bench
story: ; $(TOOLS) story
screenshots: ; $(TOOLS) screenshots
pot: ; $(TOOLS) pot
clean: ; $(TOOLS) clean
