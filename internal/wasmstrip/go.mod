module github.com/etcdscope/etcdscope/internal/wasmstrip

go 1.26.0

toolchain go1.26.8
