package main

import (
	"encoding/json"

	argodiff "github.com/argoproj/argo-cd/v3/util/argo/diff"
	jsonpatch "github.com/evanphx/json-patch/v5"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"
)

// withIgnoredFieldsOfLive are the targets with the live values of the fields whose differences are ignored, so that a sync
// leaves those fields as they are (sync option RespectIgnoreDifferences).
func withIgnoredFieldsOfLive(found *comparison) ([]*unstructured.Unstructured, error) {
	without, err := argodiff.Normalize(found.reconciliation.Live, found.reconciliation.Target, found.config)
	if err != nil {
		return nil, err
	}
	targets := make([]*unstructured.Unstructured, len(found.reconciliation.Target))
	for index, target := range found.reconciliation.Target {
		live := found.reconciliation.Live[index]
		if target == nil || live == nil {
			targets[index] = target
			continue
		}
		targets[index], err = copyFields(live, without.Lives[index], without.Targets[index])
		if err != nil {
			return nil, err
		}
	}
	return targets, nil
}

// copyFields adds to a target what live has and live without its ignored fields has not. Lists of known kinds are merged
// by key, those of others are replaced as a whole.
func copyFields(live, liveWithout, target *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	var documents [3][]byte
	for index, object := range []*unstructured.Unstructured{live, liveWithout, target} {
		text, err := object.MarshalJSON()
		if err != nil {
			return nil, err
		}
		documents[index] = text
	}
	merged, err := mergeFields(documents[0], documents[1], documents[2], target)
	if err != nil {
		return nil, err
	}
	object := map[string]any{}
	if err := json.Unmarshal(merged, &object); err != nil {
		return nil, err
	}
	return &unstructured.Unstructured{Object: object}, nil
}

func mergeFields(live, liveWithout, target []byte, of *unstructured.Unstructured) ([]byte, error) {
	typed, err := scheme.Scheme.New(of.GroupVersionKind())
	if err != nil {
		patch, err := jsonpatch.CreateMergePatch(liveWithout, live)
		if err != nil {
			return nil, err
		}
		return jsonpatch.MergePatch(target, patch)
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(typed)
	if err != nil {
		return nil, err
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch(live, live, liveWithout, meta, true)
	if err != nil {
		return nil, err
	}
	return strategicpatch.StrategicMergePatch(target, patch, typed)
}
