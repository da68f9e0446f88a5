package main

import (
	"context"
	"fmt"
	"time"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/pkg/client/clientset/versioned"
	"github.com/argoproj/argo-cd/v3/util/argo"
	"github.com/argoproj/argo-cd/v3/util/lua"
	"github.com/argoproj/argo-cd/v3/util/settings"
	"github.com/argoproj/gitops-engine/pkg/cache"
	"github.com/argoproj/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/gitops-engine/pkg/utils/tracing"
	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// pollInterval is the pause between two looks at a cluster that has not settled. Argo CD is woken by events; a test only
// has to be fast.
const pollInterval = 200 * time.Millisecond

// owner is what the cluster cache remembers of an object: the Application that tracks it.
type owner string

// source is the working tree of one revision.
type source struct {
	directory string
	revision  string
}

// controller holds what is the same for all Applications of a run.
type controller struct {
	namespace    string
	source       source
	config       *rest.Config
	kubectl      kube.Kubectl
	live         cache.ClusterCache
	applications versioned.Interface
	tracking     tracking
	// overrides are health checks and ignored differences of argocd-cm, beside those that Argo CD ships.
	overrides   map[string]v1alpha1.ResourceOverride
	diffOptions settings.ArgoCDDiffOptions
	// filter says which kinds Argo CD does not look at.
	filter *settings.ResourcesFilter
}

// tracking is how objects are known to belong to an Application.
type tracking struct {
	argo.ResourceTracking
	label  string
	method v1alpha1.TrackingMethod
}

func (t tracking) ownerOf(object *unstructured.Unstructured) string {
	return t.GetAppName(object, t.label, t.method, "")
}

// newController reads Argo CD's settings and fills the cache of live objects.
func newController(ctx context.Context, kubeconfig, namespace string, from source) (*controller, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("reading kubeconfig %q: %w", kubeconfig, err)
	}
	// Argo CD's own limits; client-go's default of 5 requests a second takes a minute for what is nothing.
	config.QPS, config.Burst = 50, 100
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	applications, err := versioned.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	c := &controller{
		namespace: namespace, source: from, config: config, applications: applications,
		kubectl: &kube.KubectlCmd{Log: logr.Discard(), Tracer: tracing.NopTracer{}},
	}
	if err := c.readSettings(settings.NewSettingsManager(ctx, clientset, namespace)); err != nil {
		return nil, fmt.Errorf("reading settings of namespace %s: %w", namespace, err)
	}
	c.live = cache.NewClusterCache(config,
		cache.SetKubectl(c.kubectl),
		cache.SetLogr(logr.Discard()),
		cache.SetSettings(cache.Settings{ResourceHealthOverride: lua.ResourceHealthOverrides(c.overrides), ResourcesFilter: c.filter}),
		cache.SetPopulateResourceInfoHandler(c.remember),
	)
	if err := c.live.EnsureSynced(); err != nil {
		return nil, fmt.Errorf("listing the cluster's objects: %w", err)
	}
	return c, nil
}

func (c *controller) readSettings(manager *settings.SettingsManager) error {
	label, err := manager.GetAppInstanceLabelKey()
	if err != nil {
		return err
	}
	method, err := manager.GetTrackingMethod()
	if err != nil {
		return err
	}
	if c.overrides, err = manager.GetResourceOverrides(); err != nil {
		return err
	}
	if c.diffOptions, err = manager.GetResourceCompareOptions(); err != nil {
		return err
	}
	if c.filter, err = manager.GetResourcesFilter(); err != nil {
		return err
	}
	c.tracking = tracking{argo.NewResourceTracking(), label, v1alpha1.TrackingMethod(method)}
	return nil
}

// remember keeps tracked objects whole in memory. Objects with an owner (a ReplicaSet has its Deployment's annotations)
// are of no Application.
func (c *controller) remember(object *unstructured.Unstructured, isRoot bool) (info any, whole bool) {
	if !isRoot {
		return nil, false
	}
	name := owner(c.tracking.ownerOf(object))
	return name, name != "" || kube.IsCRD(object)
}

func (c *controller) application(ctx context.Context, name string) (*v1alpha1.Application, *v1alpha1.AppProject, error) {
	client := c.applications.ArgoprojV1alpha1()
	app, err := client.Applications(c.namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, nil, err
	}
	project, err := client.AppProjects(c.namespace).Get(ctx, app.Spec.GetProject(), metav1.GetOptions{})
	if err != nil {
		return nil, nil, fmt.Errorf("project %s: %w", app.Spec.GetProject(), err)
	}
	return app, project, nil
}

// owns says whether an object of the cache is tracked by the Application.
func owns(app string) func(*cache.Resource) bool {
	return func(resource *cache.Resource) bool {
		name, ok := resource.Info.(owner)
		return ok && string(name) == app
	}
}
