package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/glob"
	"github.com/argoproj/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// targets are the manifests at the Application's path, marked as its own. As in Argo CD's repository server a folder
// with a kustomization.yaml is built by kustomize unless the source says that it is a plain directory, and CRDs carry no
// mark.
func (c *controller) targets(app *v1alpha1.Application) ([]*unstructured.Unstructured, error) {
	from := app.Spec.GetSource()
	folder := filepath.Join(c.source.directory, from.Path)
	var text []byte
	var err error
	if _, absent := os.Stat(filepath.Join(folder, "kustomization.yaml")); absent == nil && from.Directory == nil {
		text, err = kustomized(folder)
	} else {
		text, err = files(folder, from.Directory)
	}
	if err != nil {
		return nil, fmt.Errorf("reading manifests of %s: %w", from.Path, err)
	}
	objects, err := kube.SplitYAML(text)
	if err != nil {
		return nil, fmt.Errorf("parsing manifests of %s: %w", from.Path, err)
	}
	for _, object := range objects {
		if kube.IsCRD(object) {
			continue
		}
		if err := c.mark(app, object); err != nil {
			return nil, err
		}
	}
	return objects, nil
}

func (c *controller) mark(app *v1alpha1.Application, object *unstructured.Unstructured) error {
	name, namespace := app.InstanceName(c.namespace), app.Spec.Destination.Namespace
	return c.tracking.SetAppInstance(object, c.tracking.label, name, namespace, c.tracking.method, "")
}

func kustomized(folder string) ([]byte, error) {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, err
	}
	return built.AsYaml()
}

// files are the YAML files of a plain directory, sub-directories and patterns as the source says.
func files(folder string, options *v1alpha1.ApplicationSourceDirectory) ([]byte, error) {
	if options == nil {
		options = &v1alpha1.ApplicationSourceDirectory{}
	}
	var text strings.Builder
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != folder && !options.Recurse {
				return filepath.SkipDir
			}
			return nil
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		if filepath.Ext(name) != ".yaml" && filepath.Ext(name) != ".yml" && filepath.Ext(name) != ".json" {
			return nil
		}
		if options.Exclude != "" && glob.Match(options.Exclude, name) || options.Include != "" && !glob.Match(options.Include, name) {
			return nil
		}
		content, err := os.ReadFile(path)
		text.WriteString("---\n")
		text.Write(content)
		return err
	})
	return []byte(text.String()), err
}
