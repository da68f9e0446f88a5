//go:build tools

// Package tools names the program that is built from this module, so that its version is pinned here.
package tools

import _ "github.com/fsouza/fake-gcs-server"
