// Command argo-lua judges objects with the code of Argo CD and of Flux. It reads a JSON list of questions from standard input
// and writes a JSON list of answers, one for each, to standard output.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	appv1 "github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/glob"
	"github.com/argoproj/argo-cd/v3/util/lua"
	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/json"
)

// question asks one of five things: the health that Argo CD sees (lua, by group/kind; empty for its own scripts), the health that
// Flux sees (expressions; none for its own judgement), whether a project lets an object in, whether a source takes a file, or whether a
// live object is in sync with its manifest.
type question struct {
	Object      map[string]any     `json:"object"`
	Lua         map[string]string  `json:"lua"`
	Expressions map[string]string  `json:"expressions"`
	Tool        string             `json:"tool"`
	Project     *appv1.AppProject  `json:"project"`
	Application *appv1.Application `json:"application"`
	Resource    resource           `json:"resource"`
	File        string             `json:"file"`
	Live        map[string]any     `json:"live"`
	Kubeconfig  string             `json:"kubeconfig"`
}

type resource struct {
	Group      string `json:"group"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Namespaced bool   `json:"namespaced"`
	Namespace  string `json:"namespace"`
}

type answer struct {
	Status  string `json:"status,omitempty"`
	Message string `json:"message,omitempty"`
	Error   string `json:"error,omitempty"`
}

func main() {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail("reading standard input", err)
	}
	var questions []question
	// Not encoding/json: generations have to be integers, as they are in objects that come from the API server.
	if err := json.Unmarshal(input, &questions); err != nil {
		fail("parsing questions", err)
	}
	answers := make([]answer, 0, len(questions))
	for _, q := range questions {
		given, err := ask(q)
		if err != nil {
			given = answer{Error: err.Error()}
		}
		answers = append(answers, given)
	}
	output, err := json.Marshal(answers)
	if err != nil {
		fail("writing answers", err)
	}
	if _, err := os.Stdout.Write(output); err != nil {
		fail("writing answers", err)
	}
}

func fail(what string, err error) {
	fmt.Fprintf(os.Stderr, "argo-lua: %s: %v\n", what, err)
	os.Exit(1)
}

func ask(q question) (answer, error) {
	switch q.Tool {
	case "argo-cd":
		return argoHealth(q)
	case "flux":
		return fluxHealth(q)
	case "project":
		return permitted(q)
	case "source":
		return taken(q)
	case "drift":
		return drift(q)
	default:
		return answer{}, fmt.Errorf("unknown tool %q", q.Tool)
	}
}

// argoHealth runs a script as the application controller does: without the libraries that only Argo CD's own scripts get.
func argoHealth(q question) (answer, error) {
	overrides := lua.ResourceHealthOverrides{}
	for key, script := range q.Lua {
		overrides[key] = appv1.ResourceOverride{HealthLua: script}
	}
	health, err := overrides.GetResourceHealth(&unstructured.Unstructured{Object: q.Object})
	if err != nil {
		return answer{}, err
	}
	if health == nil {
		return answer{Status: "none"}, nil
	}
	return answer{Status: string(health.Status), Message: health.Message}, nil
}

func fluxHealth(q question) (answer, error) {
	object := &unstructured.Unstructured{Object: q.Object}
	if q.Expressions == nil {
		result, err := status.Compute(object)
		if err != nil {
			return answer{}, err
		}
		return answer{Status: string(result.Status)}, nil
	}
	evaluator, err := cel.NewStatusEvaluator(&kustomize.HealthCheckExpressions{
		Current:    q.Expressions["current"],
		Failed:     q.Expressions["failed"],
		InProgress: q.Expressions["inProgress"],
	})
	if err != nil {
		return answer{}, err
	}
	result, err := evaluator.Evaluate(context.Background(), object)
	if err != nil {
		return answer{}, err
	}
	return answer{Status: string(result.Status)}, nil
}

// permitted asks what the application controller asks before a sync: may the Application take from its source, install into its
// destination, and may it bring the object.
func permitted(q question) (answer, error) {
	server := q.Application.Spec.Destination.Server
	cluster := &appv1.Cluster{Server: server}
	none := func(string) ([]*appv1.Cluster, error) { return nil, nil }
	if !q.Project.IsSourcePermitted(q.Application.Spec.GetSource()) {
		return answer{Status: "source refused"}, nil
	}
	into, err := q.Project.IsDestinationPermitted(cluster, q.Application.Spec.Destination.Namespace, none)
	if err != nil {
		return answer{}, err
	}
	if !into {
		return answer{Status: "destination refused"}, nil
	}
	kind := schema.GroupKind{Group: q.Resource.Group, Kind: q.Resource.Kind}
	if !q.Project.IsGroupKindNamePermitted(kind, q.Resource.Name, q.Resource.Namespaced) {
		return answer{Status: "kind refused"}, nil
	}
	if q.Resource.Namespaced {
		there, err := q.Project.IsDestinationPermitted(cluster, q.Resource.Namespace, none)
		if err != nil {
			return answer{}, err
		}
		if !there {
			return answer{Status: "namespace refused"}, nil
		}
	}
	return answer{Status: "permitted"}, nil
}

// taken asks what the repo-server asks of each file of a directory source.
func taken(q question) (answer, error) {
	if glob.Match(q.Application.Spec.Source.Directory.Include, q.File) {
		return answer{Status: "taken"}, nil
	}
	return answer{Status: "left"}, nil
}
