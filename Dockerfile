# Server, worker and bootstrap of Towpath: one image, three commands (see docker-compose.yml).
# Not tested by building it: a test parses it.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci --ignore-scripts
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
ENV NODE_ENV=production TOWPATH_HOME=/var/lib/towpath
WORKDIR /app
COPY --from=build /app/package.json ./package.json
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY bin ./bin
RUN mkdir -p /var/lib/towpath && chown node:node /var/lib/towpath
USER node
EXPOSE 7400
CMD ["node", "dist/server/main.js"]
