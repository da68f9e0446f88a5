package main

import (
	"github.com/argoproj/gitops-engine/pkg/sync/common"
)

// report is what the caller is told about one Application.
type report struct {
	Name string `json:"name"`
	// Sync is Synced, OutOfSync or Unknown.
	Sync string `json:"sync"`
	// Health is the worst health of the resources.
	Health string `json:"health"`
	// Conditions are what Argo CD would show as warnings and errors of the Application.
	Conditions []string         `json:"conditions"`
	Resources  []resourceReport `json:"resources"`
	Operation  *operationReport `json:"operation,omitempty"`
}

// resourceReport is the state of one object that is rendered, or tracked, or both.
type resourceReport struct {
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Wave      int    `json:"wave"`
	// Sync is empty for hooks, which do not count.
	Sync string `json:"sync"`
	// Health is empty for kinds that have no health.
	Health        string `json:"health"`
	HealthMessage string `json:"healthMessage"`
	// RequiresPruning says that the object is live and no longer rendered.
	RequiresPruning bool `json:"requiresPruning"`
	// Drift is the JSON merge patch that a sync would amount to, empty when nothing differs.
	Drift string `json:"drift"`
}

// operationReport is how a sync went.
type operationReport struct {
	Phase   string `json:"phase"`
	Message string `json:"message"`
	// Waves are in the order in which they were applied.
	Waves     []waveReport   `json:"waves"`
	Resources []resultReport `json:"resources"`
}

type waveReport struct {
	Phase string `json:"phase"`
	Wave  int    `json:"wave"`
}

// resultReport is what a sync did to one object.
type resultReport struct {
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Status is Synced, SyncFailed, Pruned or PruneSkipped.
	Status  string `json:"status"`
	Phase   string `json:"phase"`
	Message string `json:"message"`
}

func resultReports(results []common.ResourceSyncResult) []resultReport {
	reports := make([]resultReport, 0, len(results))
	for _, result := range results {
		key := result.ResourceKey
		reports = append(reports, resultReport{
			Group: key.Group, Kind: key.Kind, Namespace: key.Namespace, Name: key.Name,
			Status: string(result.Status), Phase: string(result.SyncPhase), Message: result.Message,
		})
	}
	return reports
}
