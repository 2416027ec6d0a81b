module github.com/etcdscope/etcdscope

go 1.26

toolchain go1.26.8

require (
	github.com/anishathalye/porcupine v1.3.1
	github.com/cockroachdb/datadriven v1.0.3
	github.com/vmihailenco/msgpack/v5 v5.4.1
	honnef.co/go/js/dom/v2 v2.0.0-20231112215516-51f43a291193
	pgregory.net/rapid v1.3.0
)

require (
	github.com/pmezard/go-difflib v1.0.0 // indirect
	github.com/vmihailenco/tagparser/v2 v2.0.0 // indirect
)
