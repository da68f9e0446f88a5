package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/gitops-engine/pkg/sync/common"
	"github.com/argoproj/gitops-engine/pkg/utils/kube"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// compareTree looks at an Application and at those that it brought about.
func (c *controller) compareTree(ctx context.Context, name string) ([]report, error) {
	names, err := c.children(ctx, name)
	if err != nil {
		return nil, err
	}
	var reports []report
	for _, one := range append([]string{name}, names...) {
		app, project, err := c.application(ctx, one)
		if err != nil {
			return nil, fmt.Errorf("application %s: %w", one, err)
		}
		found, err := c.compare(app, project)
		if err != nil {
			return nil, fmt.Errorf("application %s: %w", one, err)
		}
		reports = append(reports, found.report(one, nil))
	}
	return reports, nil
}

// syncTree syncs an Application and, while that goes on, the Applications that it brings about, in the order in which they
// appear: its next wave waits until those of the one before are healthy. The first report is the Application's own.
func (c *controller) syncTree(ctx context.Context, name string, timeout time.Duration) ([]report, error) {
	app, project, err := c.application(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("application %s: %w", name, err)
	}
	var reports []report
	handled := map[string]bool{}
	running := newOperation(time.Now().Add(timeout))
	for {
		if err := c.step(app, project, running); err != nil {
			return nil, fmt.Errorf("application %s: %w", name, err)
		}
		names, err := c.children(ctx, name)
		if err != nil {
			return nil, err
		}
		idle := true
		for _, child := range names {
			if handled[child] {
				continue
			}
			handled[child], idle = true, false
			one, err := c.syncOne(ctx, child, timeout)
			if err != nil {
				return nil, fmt.Errorf("application %s: %w", child, err)
			}
			reports = append(reports, one)
			// The children's time is not the parent's.
			running.deadline = time.Now().Add(timeout)
		}
		if running.phase.Completed() && idle {
			break
		}
		time.Sleep(pollInterval)
	}
	own, err := c.settle(app, project, running)
	if err != nil {
		return nil, fmt.Errorf("application %s: %w", name, err)
	}
	return append([]report{own}, reports...), nil
}

// syncOne syncs an Application and writes the outcome into its status, where its parent looks for it.
func (c *controller) syncOne(ctx context.Context, name string, timeout time.Duration) (report, error) {
	app, project, err := c.application(ctx, name)
	if err != nil {
		return report{}, err
	}
	running := newOperation(time.Now().Add(timeout))
	for !running.phase.Completed() {
		if err := c.step(app, project, running); err != nil {
			return report{}, err
		}
		time.Sleep(pollInterval)
	}
	one, err := c.settle(app, project, running)
	if err != nil {
		return report{}, err
	}
	status, err := json.Marshal(map[string]any{"status": map[string]any{
		"sync":   map[string]any{"status": one.Sync, "revision": c.source.revision},
		"health": map[string]any{"status": one.Health},
	}})
	if err != nil {
		return report{}, err
	}
	// An Application's status is no subresource.
	_, err = c.applications.ArgoprojV1alpha1().Applications(c.namespace).Patch(ctx, name, types.MergePatchType, status, metav1.PatchOptions{})
	return one, err
}

// settle waits until what was synced is synced and healthy: the last wave of an operation is applied and not waited for.
func (c *controller) settle(app *v1alpha1.Application, project *v1alpha1.AppProject, running *operation) (report, error) {
	for {
		found, err := c.compare(app, project)
		if err != nil {
			return report{}, err
		}
		one := found.report(app.Name, running.report())
		settled := one.Sync == string(v1alpha1.SyncStatusCodeSynced) && one.Health == "Healthy"
		if settled || running.phase != common.OperationSucceeded || running.late() {
			return one, nil
		}
		time.Sleep(pollInterval)
	}
}

// children are the Applications that an Application's sync made, by name.
func (c *controller) children(ctx context.Context, name string) ([]string, error) {
	list, err := c.applications.ArgoprojV1alpha1().Applications(c.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	var names []string
	for index := range list.Items {
		child, err := kube.ToUnstructured(&list.Items[index])
		if err != nil {
			return nil, err
		}
		// The root of a tree is an Application of its own, among others.
		if c.tracking.ownerOf(child) == name && child.GetName() != name {
			names = append(names, child.GetName())
		}
	}
	return names, nil
}
