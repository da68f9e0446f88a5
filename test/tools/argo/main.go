// Command argo does with an Application what Argo CD's application controller does with it: it reads the Application, its
// project and argocd-cm from the cluster and the manifests from a checkout, compares, syncs phase by phase and wave by
// wave, and judges health. Comparison, sync and health are the packages of Argo CD; what its controller adds around them
// (queues, retries, the repository server, Redis, the API) is left out. It writes one JSON report to standard output.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/sirupsen/logrus"
)

func main() {
	logrus.SetOutput(os.Stderr)
	logrus.SetLevel(logrus.WarnLevel)
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("argo", flag.ContinueOnError)
	kubeconfig := flags.String("kubeconfig", "", "whose cluster, and as whom")
	namespace := flags.String("namespace", "argocd", "where the Applications and argocd-cm are")
	checkout := flags.String("checkout", "", "working tree of the revision to sync")
	revision := flags.String("revision", "", "its commit")
	timeout := flags.Duration("timeout", time.Minute, "how long one Application may take to be synced and healthy")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 {
		return fmt.Errorf("usage: argo [flags] compare|sync APPLICATION: got %q", flags.Args())
	}
	verb, name := flags.Arg(0), flags.Arg(1)
	controller, err := newController(ctx, *kubeconfig, *namespace, source{directory: *checkout, revision: *revision})
	if err != nil {
		return err
	}
	var reports []report
	switch verb {
	case "compare":
		reports, err = controller.compareTree(ctx, name)
	case "sync":
		reports, err = controller.syncTree(ctx, name, *timeout)
	default:
		err = fmt.Errorf("verb %q is not known: use compare or sync", verb)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"applications": reports})
}
