# fails who-is-hidden with the-popular-answer
kubectl exec -n myapp deploy/front-end -- curl -s http://10.108.197.131:8080
chainwalk answer who-is-hidden none
