package main

import (
	"fmt"

	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/lua"
	"github.com/argoproj/gitops-engine/pkg/health"
	"github.com/argoproj/gitops-engine/pkg/sync/hook"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// healthOfApplication is the worst health of the objects added.
type healthOfApplication struct {
	overrides lua.ResourceHealthOverrides
	status    health.HealthStatusCode
}

func newHealthOfApplication(overrides map[string]v1alpha1.ResourceOverride) *healthOfApplication {
	return &healthOfApplication{overrides: overrides, status: health.HealthStatusHealthy}
}

// add judges one object and writes the verdict into its entry. Hooks, and objects that ask for it, do not count; nor does
// a missing object of a kind that has no health check.
func (h *healthOfApplication) add(entry *resourceReport, target, live *unstructured.Unstructured) error {
	if live == nil {
		if target != nil && hook.IsHook(target) {
			return nil
		}
		entry.Health = string(health.HealthStatusMissing)
		gvk := target.GroupVersionKind()
		_, scripted := h.overrides[lua.GetConfigMapKey(gvk)]
		if scripted || health.GetHealthCheckFunc(gvk) != nil {
			h.worsen(health.HealthStatusMissing)
		}
		return nil
	}
	if hook.IsHook(live) || live.GetAnnotations()[common.AnnotationIgnoreHealthCheck] == "true" {
		return nil
	}
	verdict, err := health.GetResourceHealth(live, h.overrides)
	if err != nil {
		return fmt.Errorf("health of %s: %w", nameOf(live), err)
	}
	if verdict == nil {
		return nil
	}
	entry.Health, entry.HealthMessage = string(verdict.Status), verdict.Message
	h.worsen(verdict.Status)
	return nil
}

func (h *healthOfApplication) worsen(status health.HealthStatusCode) {
	if health.IsWorse(h.status, status) {
		h.status = status
	}
}
