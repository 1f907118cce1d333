package node

import (
	"errors"
	"maps"
	"os"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
	"k8s.io/utils/ptr"
)

// projectedFiles joins several sources in one volume. Admission adds such a volume to every pod whose service account's token
// is wanted: the token, the certificate of the API server's authority, and the namespace.
func (p *pod) projectedFiles(v *v1.ProjectedVolumeSource) (content, error) {
	all := content{}
	for i := range v.Sources {
		files, err := p.projection(&v.Sources[i], v.DefaultMode)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, files)
	}
	return all, nil
}

func (p *pod) projection(s *v1.VolumeProjection, mode *int32) (content, error) {
	switch {
	case s.ServiceAccountToken != nil:
		token, _, err := p.requestToken(s.ServiceAccountToken)
		return content{s.ServiceAccountToken.Path: {token, modeOf(nil, mode)}}, err
	case s.ConfigMap != nil:
		return p.configMapFiles(s.ConfigMap.Name, s.ConfigMap.Items, s.ConfigMap.Optional, mode)
	case s.Secret != nil:
		return p.secretFiles(s.Secret.Name, s.Secret.Items, s.Secret.Optional, mode)
	case s.DownwardAPI != nil:
		return p.downwardFiles(s.DownwardAPI.Items, mode)
	}
	return nil, errors.New("the process node does not have this kind of projection")
}

// requestToken asks for a token that is bound to this pod, and says when a new one is due.
func (p *pod) requestToken(s *v1.ServiceAccountTokenProjection) ([]byte, time.Duration, error) {
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: s.ExpirationSeconds,
		BoundObjectRef: &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: p.api.Name, UID: p.api.UID}}}
	if s.Audience != "" {
		request.Spec.Audiences = []string{s.Audience}
	}
	accounts := p.node.Client.CoreV1().ServiceAccounts(p.api.Namespace)
	answer, err := accounts.CreateToken(p.node.ctx, p.api.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err != nil {
		return nil, 0, err
	}
	life := time.Until(answer.Status.ExpirationTimestamp.Time)
	return []byte(answer.Status.Token), life * 4 / 5, nil
}

// renewTokens replaces the tokens of a running pod before they expire, until the pod has ended.
func (p *pod) renewTokens() {
	for _, v := range p.api.Spec.Volumes {
		if v.Projected == nil {
			continue
		}
		for _, s := range v.Projected.Sources {
			if s.ServiceAccountToken != nil {
				go p.renewToken(s.ServiceAccountToken, p.dir.volume(v.Name), modeOf(nil, v.Projected.DefaultMode))
			}
		}
	}
}

func (p *pod) renewToken(s *v1.ServiceAccountTokenProjection, dir string, mode os.FileMode) {
	const again = time.Minute
	due := time.Duration(ptr.Deref(s.ExpirationSeconds, 3600)) * time.Second * 4 / 5
	for {
		select {
		case <-p.done:
			return
		case <-time.After(due):
		}
		token, next, err := p.requestToken(s)
		if err == nil {
			err = content{s.Path: {token, mode}}.write(dir)
		}
		if due = next; err != nil {
			klog.ErrorS(err, "A service account token cannot be renewed; trying again", "pod", klog.KObj(p.api))
			due = again
		}
	}
}
