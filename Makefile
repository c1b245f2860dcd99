# Everything that is done with this repository; `make help` lists it.
# JDK 25 is found or installed by src/build/jdk; JAVA_HOME overrules it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

JAVA_HOME := $(shell src/build/jdk)
export JAVA_HOME
MVN := src/build/mvn $(if $(CI),--no-transfer-progress --batch-mode,)
REGISTRY ?= localhost
TAG ?= 0.1.0-SNAPSHOT
IMAGES := relay operator redirect
PRODUCT := src/model,src/relay,src/api,src/control,src/cli,src/operator

.PHONY: help
help: ## what there is to make
	@echo "Sallyport: make TARGET"
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

.PHONY: jdk
jdk:
	@[ -n "$(JAVA_HOME)" ] || exit 1

.PHONY: run
run: dist ## serve deploy/examples/quickstart.yaml on loopback and show live decisions
	@src/build/run $(ARGS)

.PHONY: dist
dist: jdk
	@src/build/fresh target/dist/bin/sallyport || { echo "Building Sallyport…"; $(MVN) -q -pl src/cli -am -DskipTests package; src/build/dist; }

.PHONY: build
build: jdk ## compile everything and make the distribution target/dist
	$(MVN) -DskipTests package
	src/build/dist

.PHONY: test
test: jdk ## all tests that this machine can run, and a summary by layer
	@src/build/test

.PHONY: check
check: jdk ## formatting, static analysis, arrows between the modules
	$(MVN) -q spotless:check
	$(MVN) -q -DskipTests -pl $(PRODUCT) verify

.PHONY: format
format: jdk ## format the sources
	$(MVN) -q spotless:apply

.PHONY: generate
generate: jdk ## write the CRDs and their reference from the types in src/api, and manifests/install.yaml
	$(MVN) -q -pl src/api test -Dtest=GeneratedFilesTest -Drewrite=true
	$(MVN) -q -pl src/operator -am test -Dtest=InstallManifestTest -Drewrite=true -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: conformance
conformance: jdk ## suites by others against a relay: h2spec, gRPC's interoperability, Autobahn (brought into src/relay/target)
	$(MVN) -q -pl src/relay -am test -Dgroups=conformance -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: fuzz
fuzz: jdk ## fuzz the parsers for FUZZ_SECONDS each (60), FUZZ_JOBS (2) at a time
	@src/build/fuzz

.PHONY: bench
bench: jdk ## the relay beside nginx, HAProxy, Squid and tinyproxy, into docs/performance.md (root; ROUNDS, BENCH_SECONDS, ROW)
	@src/build/bench

.PHONY: image
image: jdk ## the OCI images as archives, src/image/target/sallyport-{relay,operator,redirect}.tar
	$(MVN) -q -pl src/relay,src/operator -am -DskipTests package
	@for image in $(IMAGES); do \
	  src/image/assemble $$image && \
	  $(MVN) -q -f src/image/pom.xml jib:buildTar -Dprogram=$$image -Dregistry=$(REGISTRY) -Dtag=$(TAG) || exit 1; \
	done
	@ls -sh src/image/target/sallyport-*.tar

.PHONY: test-images
test-images: ## the images that the end-to-end tests and deploy/examples need, src/e2e/target/images/*.tar
	@TAG=$(TAG) src/e2e/images

.PHONY: push
push: image ## push them to REGISTRY
	@[ "$(REGISTRY)" != localhost ] || { echo "make push: name your registry, as in REGISTRY=registry.example/team make push" >&2; exit 2; }
	@for image in $(IMAGES); do \
	  $(MVN) -q -f src/image/pom.xml jib:build -Dprogram=$$image -Dregistry=$(REGISTRY) -Dtag=$(TAG) || exit 1; \
	done

.PHONY: cluster
cluster: image test-images ## a single-node cluster with Sallyport installed (root; Linux)
	src/testcluster/testcluster up --node
	src/testcluster/testcluster load $(IMAGES:%=src/image/target/sallyport-%.tar) src/e2e/target/images/sallyport-{echo,client}.tar
	src/testcluster/testcluster kubectl apply --server-side -f manifests/install.yaml

.PHONY: e2e
e2e: image test-images ## the end-to-end tests alone, in a cluster of their own, or in that of KUBECONFIG
	$(MVN) -q -pl src/e2e test -De2e=true $(ARGS)

.PHONY: clean
clean: ## remove what was built
	rm -rf target src/*/target
