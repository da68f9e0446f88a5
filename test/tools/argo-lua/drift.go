package main

import (
	"fmt"

	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/util/argo/diff"
	"github.com/argoproj/argo-cd/v3/util/argo/normalizers"
	"github.com/argoproj/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2/textlogger"
)

// parsers has the schemas of each cluster that was asked for; loading them takes a second.
var parsers = map[string]*managedfields.GvkParser{}

// drift asks what the application controller asks to find out whether an object is in sync: does applying the manifest to the live
// object change anything.
func drift(q question) (answer, error) {
	parser, err := parserOf(q.Kubeconfig)
	if err != nil {
		return answer{}, err
	}
	config, err := diff.NewDiffConfigBuilder().
		WithDiffSettings(q.Application.Spec.IgnoreDifferences, nil, true, normalizers.IgnoreNormalizerOpts{}).
		WithTracking("app.kubernetes.io/instance", "annotation").
		WithNoCache().
		WithLogger(textlogger.NewLogger(textlogger.NewConfig())).
		WithGVKParser(parser).
		WithManager(common.ArgoCDSSAManager).
		WithStructuredMergeDiff(q.Application.Spec.SyncPolicy.SyncOptions.HasOption("ServerSideApply=true")).
		Build()
	if err != nil {
		return answer{}, err
	}
	result, err := diff.StateDiff(&unstructured.Unstructured{Object: q.Live}, &unstructured.Unstructured{Object: q.Object}, config)
	if err != nil {
		return answer{}, err
	}
	if result.Modified {
		return answer{Status: "OutOfSync", Message: fmt.Sprintf("live %s predicted %s", result.NormalizedLive, result.PredictedLive)}, nil
	}
	return answer{Status: "Synced"}, nil
}

func parserOf(kubeconfig string) (*managedfields.GvkParser, error) {
	if parser, ok := parsers[kubeconfig]; ok {
		return parser, nil
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	kubectl := kube.KubectlCmd{Log: textlogger.NewLogger(textlogger.NewConfig())}
	_, parser, err := kubectl.LoadOpenAPISchema(config)
	if err != nil {
		return nil, err
	}
	parsers[kubeconfig] = parser
	return parser, nil
}
